//! Quoted values are read unchanged by our parser and by real shells.

use std::io::Write as _;
use std::process::{Command, Stdio};

use dockerfile_dsl_analysis::holes::Quote;
use dockerfile_dsl_analysis::quote::{quote, single_word};
use dockerfile_dsl_analysis::shell::{CommandKind, Dialect, Options, Script, parse};

#[track_caller]
fn check(value: &str, place: Quote, expected: &str) {
    assert_eq!(quote(value, place).expect("it can be quoted"), expected);
}

#[test]
fn outside_quotes() {
    check("a/b-1.0:x@y%z+", Quote::Bare, "a/b-1.0:x@y%z+");
    check("", Quote::Bare, "''");
    check("a b", Quote::Bare, "'a b'");
    check("it's", Quote::Bare, r"'it'\''s'");
    check("A=b", Quote::Bare, "'A=b'");
    check("a,b", Quote::Bare, "'a,b'");
    check("~", Quote::Bare, "'~'");
    check("if", Quote::Bare, "'if'");
    check("ifx", Quote::Bare, "ifx");
    check("\u{e9}", Quote::Bare, "'\u{e9}'");
    assert_eq!(single_word("$x").as_deref(), Ok("'$x'"));
}

#[test]
fn inside_quotes_and_here_documents() {
    check("a\"$`\\'!", Quote::Double, "a\\\"\\$\\`\\\\'!");
    check("a\"$`\\'!", Quote::HereDocument, "a\"\\$\\`\\\\'!");
    check("a'b", Quote::Single, r"a'\''b");
    check("a'$b", Quote::Verbatim, "a'$b");
}

#[test]
fn what_cannot_be_quoted() {
    assert!(quote("a\0", Quote::Bare).is_err());
    assert!(quote("a", Quote::Refused).is_err());
}

/// Values made of special characters and words; the same on each run.
fn values() -> Vec<String> {
    const PIECES: &[&str] = &[
        "'",
        "\"",
        "\\",
        "$",
        "`",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "<",
        ">",
        "|",
        "&",
        ";",
        "!",
        "#",
        "*",
        "?",
        "~",
        "=",
        ",",
        "%",
        "^",
        "-",
        " ",
        "\t",
        "\n",
        "a",
        "B",
        "0",
        "_",
        ".",
        "/",
        ":",
        "@",
        "+",
        "if",
        "done",
        "EO",
        "$x",
        "${x}",
        "$(id)",
        "\\\n",
        "\u{e9}",
        "\u{1f511}",
    ];
    let mut state = 42_u64;
    let mut below = |bound: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    };
    let mut values: Vec<String> = PIECES.iter().map(|&piece| piece.to_owned()).collect();
    values.push(String::new());
    values.extend((0..600).map(|_| {
        (0..=below(8))
            .map(|_| PIECES[below(PIECES.len())])
            .collect::<String>()
    }));
    values
}

/// One command that prints the value between `<` and `>`, for a kind of place.
fn printing(value: &str, place: Quote) -> String {
    let quoted = quote(value, place).expect("it can be quoted");
    match place {
        Quote::Bare => format!("printf '<%s>\\0' {quoted}\n"),
        Quote::Double => format!("printf '%s\\0' \"<{quoted}>\"\n"),
        Quote::Nested => format!("printf '<%s>\\0' \"${{UNSET:-{quoted}}}\"\n"),
        Quote::Single => format!("printf '%s\\0' '<{quoted}>'\n"),
        Quote::HereDocument => format!("cat <<E.O.F\n<{quoted}>\nE.O.F\nprintf '\\0'\n"),
        Quote::Verbatim => format!("cat <<'E.O.F'\n<{quoted}>\nE.O.F\nprintf '\\0'\n"),
        Quote::Refused => unreachable!("never asked for"),
    }
}

fn run(shell: &str, script: &str) -> String {
    let mut child = Command::new(shell)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the shell is here");
    let mut stdin = child.stdin.take().expect("it is piped");
    let output = std::thread::scope(|scope| {
        scope.spawn(move || {
            stdin
                .write_all(script.as_bytes())
                .expect("the shell reads on")
        });
        child.wait_with_output().expect("the shell ends")
    });
    String::from_utf8(output.stdout).expect("UTF-8 comes back")
}

#[track_caller]
fn check_shells(place: Quote) {
    let values = values();
    let script: String = values.iter().map(|value| printing(value, place)).collect();
    for shell in ["sh", "bash"] {
        let output = run(shell, &script);
        let printed: Vec<&str> = output
            .split_terminator('\0')
            .map(|text| text.trim_end_matches('\n'))
            .collect();
        assert_eq!(printed.len(), values.len(), "{shell}");
        for (value, printed) in values.iter().zip(printed) {
            assert_eq!(printed, format!("<{value}>"), "{shell} {place:?}");
        }
    }
}

#[test]
fn shells_read_bare_values_back() {
    check_shells(Quote::Bare);
}

#[test]
fn shells_read_values_inside_double_quotes_back() {
    check_shells(Quote::Double);
    check_shells(Quote::Nested);
}

#[test]
fn shells_read_values_inside_single_quotes_back() {
    check_shells(Quote::Single);
}

#[test]
fn shells_read_values_inside_here_documents_back() {
    check_shells(Quote::HereDocument);
    check_shells(Quote::Verbatim);
}

/// Returns the arguments of the only command.
fn arguments(script: &Script) -> Vec<String> {
    let [item] = script.list.items.as_slice() else {
        panic!("one command: {script:?}")
    };
    let CommandKind::Simple(simple) = &item.and_or.first.commands[0].kind else {
        panic!("a simple command: {script:?}")
    };
    assert!(simple.assignments.is_empty(), "{script:?}");
    simple
        .words
        .iter()
        .map(|word| word.literal().expect("static text").into_owned())
        .collect()
}

#[test]
fn our_parser_reads_values_back() {
    for value in values() {
        let bare = quote(&value, Quote::Bare).expect("it can be quoted");
        let double = quote(&value, Quote::Double).expect("it can be quoted");
        for (text, expected) in [
            (format!("{bare}"), vec![value.clone()]),
            (
                format!("a {bare} b"),
                vec!["a".into(), value.clone(), "b".into()],
            ),
            (
                format!("a x{bare}y"),
                vec!["a".into(), format!("x{value}y")],
            ),
            (
                format!("a \"x{double}y\""),
                vec!["a".into(), format!("x{value}y")],
            ),
        ] {
            for dialect in [Dialect::Sh, Dialect::Bash] {
                let script = parse(
                    &text,
                    &Options {
                        dialect,
                        ..Options::default()
                    },
                )
                .unwrap_or_else(|error| panic!("{text}: {error}"));
                assert_eq!(arguments(&script), expected, "{text}");
            }
        }
    }
}
