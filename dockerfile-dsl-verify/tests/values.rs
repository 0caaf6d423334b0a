//! Values of every kind: with line ends, short, empty, equal to another, many at once.

mod support;

use dockerfile_dsl_verify::{Match, Report, Secret, Verdict};
use support::{Fixture, Layer, TOKEN, base64, scan, secret};

/// The values are the secrets `0`, `1`, ...; the content is that of a file.
fn run(values: &[&[u8]], content: impl AsRef<[u8]>) -> Report {
    let secrets: Vec<Secret> = values
        .iter()
        .enumerate()
        .map(|(index, value)| Secret::new(index.to_string(), *value).unwrap())
        .collect();
    let layer = Layer::new().file("file", content).build();
    scan(&Fixture::new([layer]).oci_archive(), &secrets)
}

#[track_caller]
fn check(value: &[u8], content: impl AsRef<[u8]>) {
    let report = run(&[value], content);
    assert_eq!(report.findings.len(), 1, "{}", report.human());
    assert_eq!(report.findings[0].path, "file");
    assert_eq!(report.findings[0].matched, Match::Whole);
}

#[test]
fn line_ends_and_blanks_around_a_value_do_not_matter() {
    for value in ["correct-horse-battery", TOKEN] {
        for (before, after) in [
            ("", "\n"),
            ("", "\r\n"),
            ("\n", "\n\n"),
            (" ", "\t"),
            ("\u{feff}", "\n"),
        ] {
            let whole = format!("{before}{value}{after}");
            check(whole.as_bytes(), format!("x={value};"));
            check(whole.as_bytes(), base64(whole.as_bytes()));
            check(value.as_bytes(), format!("x={whole};"));
        }
    }
}

#[test]
fn several_lines_with_the_line_ends_of_either_system() {
    let unix = "first line of a poem\nsecond line of it\nthe third\n";
    let windows = unix.replace('\n', "\r\n");
    check(unix.as_bytes(), &windows);
    check(windows.as_bytes(), unix);
    check(windows.as_bytes(), &windows);
    // Indented, as in YAML, and as a JSON string.
    check(unix.as_bytes(), unix.replace('\n', "\n    "));
    check(unix.as_bytes(), format!("{unix:?}"));
}

#[test]
fn a_value_in_utf_16_is_what_it_says() {
    // What PowerShell's `>` writes.
    for (mark, bytes) in [
        (
            &b"\xff\xfe"[..],
            TOKEN
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<u8>>(),
        ),
        (
            b"\xfe\xff",
            TOKEN.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        ),
    ] {
        let value = [mark, &bytes].concat();
        check(&value, &value);
        check(&value, TOKEN);
    }
}

#[test]
fn short_values_are_reported() {
    for value in ["", "\n", "hunter2", "  short \n"] {
        let report = run(&[value.as_bytes(), TOKEN.as_bytes()], value);
        assert_eq!(report.verdict(), Verdict::Incomplete, "{value:?}");
        let [gap] = &report.incomplete[..] else {
            panic!("{}", report.human())
        };
        assert_eq!(gap.reason.name(), "short-secret");
        assert_eq!(gap.place, "secret `0`");
    }
    // It is reported in addition to a value that is found.
    let report = run(&[b"hunter2", TOKEN.as_bytes()], TOKEN);
    assert_eq!((report.findings.len(), report.incomplete.len()), (1, 1));
}

#[test]
fn a_value_that_is_equal_to_another_or_a_part_of_it() {
    let part = &TOKEN.as_bytes()[5..30];
    let report = run(&[TOKEN.as_bytes(), TOKEN.as_bytes(), part], TOKEN);
    let found: Vec<_> = report
        .findings
        .iter()
        .map(|finding| (&finding.secret[..], finding.matched))
        .collect();
    assert_eq!(found, ["0", "1", "2"].map(|id| (id, Match::Whole)));
    let report = run(&[TOKEN.as_bytes(), part], part);
    let found: Vec<_> = report
        .findings
        .iter()
        .map(|finding| (&finding.secret[..], finding.matched))
        .collect();
    assert_eq!(found, [("0", Match::Part), ("1", Match::Whole)]);
}

#[test]
fn two_hundred_values_are_distinguished() {
    let values: Vec<String> = (0..200_u64)
        .map(|index| {
            let noise = index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            if index % 2 == 0 {
                format!(
                    "tok_{noise:016x}{:016x}",
                    noise.rotate_left(23) ^ 0x5bd1_e995
                )
            } else {
                format!("word-{index}-and-{}", noise % 100_000)
            }
        })
        .collect();
    let bytes: Vec<&[u8]> = values.iter().map(String::as_bytes).collect();
    let report = run(&bytes, values.join("\n"));
    let mut found: Vec<usize> = report
        .findings
        .iter()
        .map(|finding| finding.secret.parse().unwrap())
        .collect();
    found.sort_unstable();
    assert_eq!(found, (0..200).collect::<Vec<_>>(), "{}", report.human());
    assert!(
        report
            .findings
            .iter()
            .all(|one| one.matched == Match::Whole)
    );
    // Each by itself, in another form.
    for (index, value) in values.iter().enumerate().step_by(17) {
        let report = run(&bytes, base64(format!("user:{value}").as_bytes()));
        let [finding] = &report.findings[..] else {
            panic!("{value}: {}", report.human())
        };
        assert_eq!(finding.secret, index.to_string());
    }
}

#[test]
fn how_writers_escape_a_password() {
    // Each of these is one way to write it: JSON of .NET, URLs of Python, JavaScript, Go, and forms.
    let value = "aB3+(x/y)'&<z w";
    for written in [
        "aB3\\u002B(x/y)\\u0027\\u0026\\u003Cz w",
        "aB3%2B%28x/y%29%27%26%3Cz%20w",
        "aB3%2B(x%2Fy)'%26%3Cz%20w",
        "aB3+%28x%2Fy%29%27&%3Cz%20w",
        "aB3%2B%28x%2Fy%29%27%26%3Cz+w",
    ] {
        check(value.as_bytes(), written);
    }
    assert_eq!(secret(value).id(), "canary");
}

#[test]
fn a_short_value_in_base64_may_be_wrapped_anywhere() {
    for value in ["correct-horse", "q7/Rv+2&x\"Kd9~Lm", &TOKEN[..16]] {
        for before in 0..3 {
            let text = base64(format!("{}{value}x", &"abc"[..before]).as_bytes());
            for at in 1..text.len() {
                let wrapped = format!("{}\n  {}", &text[..at], &text[at..]);
                check(value.as_bytes(), wrapped);
            }
        }
    }
}

#[test]
fn short_lines_are_found_as_they_are() {
    let codes = "4F2K-91\nPQ7M-33\nZX0B-58\nLL2D-07\nWE8R-64\n";
    check(codes.as_bytes(), codes);
    check(codes.as_bytes(), codes.replace('\n', "\r\n"));
    check(codes.as_bytes(), base64(codes.as_bytes()));
}

/// A signed token: its signature, and neither the claims nor what every token begins with.
#[test]
fn parts_of_a_signed_token() {
    let head = base64(b"{\"alg\":\"HS256\",\"typ\":\"JWT\"}").replace('=', "");
    let body = "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ";
    let signature = "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";
    let token = format!("{head}.{body}.{signature}");
    check(token.as_bytes(), format!("Bearer {token}"));
    for (part, verdict) in [
        (signature, Verdict::Leaked),
        (body, Verdict::Clean),
        (&head[..], Verdict::Clean),
    ] {
        let report = run(&[token.as_bytes()], format!("x={part};"));
        assert_eq!(report.verdict(), verdict, "{part}");
    }
}
