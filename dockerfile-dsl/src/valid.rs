//! Syntax that BuildKit accepts in the fields of its instructions.
//!
//! In: a field's text. Out: nothing, or one sentence that says what would be valid. No rule is stricter or laxer than the
//! builder's, except for input that the builder accepts and that cannot work.

mod image;

pub(crate) use image::{image, platform};

/// Result of a check. The message starts in lower case and has no final dot.
pub(crate) type Check = Result<(), String>;

/// Checks `AS name`: `^[a-z][a-z0-9-_.]*$`, a name that an image can have, and not one that FROM and `--from` reserve.
pub(crate) fn stage_name(name: &str) -> Check {
    let starts = name.starts_with(|first: char| first.is_ascii_lowercase());
    let follows = name.bytes().all(|byte| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.')
    });
    if !(starts && follows) {
        return Err(format!(
            "invalid stage name `{}`: write a lowercase letter, then lowercase letters, digits, \
             `-`, `_` and `.`",
            name.escape_debug()
        ));
    }
    if image(name).is_err() {
        return Err(format!(
            "invalid stage name `{name}`: end it with a letter or a digit, and write `-`, `--`, \
             `_`, `__` or `.` between two of these"
        ));
    }
    if matches!(name, "scratch" | "context") {
        return Err(format!(
            "`{name}` is reserved, and cannot be the name of a stage"
        ));
    }
    Ok(())
}

/// Checks `EXPOSE port[-port][/proto]`.
pub(crate) fn port(text: &str) -> Check {
    let wrong = |why: &str| Err(format!("invalid port `{}`: {why}", text.escape_debug()));
    let (range, protocol) = text
        .split_once('/')
        .map_or((text, "tcp"), |(range, protocol)| (range, protocol));
    if !["tcp", "udp", "sctp"]
        .iter()
        .any(|known| protocol.eq_ignore_ascii_case(known))
    {
        return wrong("the protocol must be `tcp`, `udp` or `sctp`");
    }
    let number = |digits: &str| {
        if digits.bytes().all(|byte| byte.is_ascii_digit()) {
            digits.parse::<u16>().ok()
        } else {
            None
        }
    };
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => Ok(()),
        (Some(_), Some(_)) => wrong("the range ends before it starts"),
        _ => wrong("write a number from 0 to 65535, or two with a `-` between them"),
    }
}

/// Checks a duration of HEALTHCHECK: Go's notation, 0 or at least a millisecond.
pub(crate) fn duration(text: &str) -> Check {
    let wrong = |why: &str| Err(format!("invalid duration `{}`: {why}", text.escape_debug()));
    if text == "0" {
        return Ok(());
    }
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    let mut nanoseconds = 0_f64;
    if rest.is_empty() {
        return wrong("write `30s` or `1m30s`");
    }
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !(c.is_ascii_digit() || c == '.'))
            .unwrap_or(rest.len());
        let Ok(number) = rest[..digits].parse::<f64>() else {
            return wrong("write numbers with units, as in `1m30s`");
        };
        rest = &rest[digits..];
        let unit = rest
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(rest.len());
        let factor = match &rest[..unit] {
            "ns" => 1.0,
            "us" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            "" => return wrong("the unit is missing: `s`, `m`, `h`, `ms`, `us` or `ns`"),
            _ => return wrong("the units are `h`, `m`, `s`, `ms`, `us` and `ns`"),
        };
        nanoseconds += number * factor;
        rest = &rest[unit..];
    }
    // Go counts nanoseconds in 63 bits.
    if nanoseconds >= 9.223_372_036_854_775e18 {
        return wrong("it is longer than 292 years");
    }
    if nanoseconds != 0.0 && nanoseconds < 1e6 {
        return wrong("it is less than 1ms");
    }
    Ok(())
}

/// Checks `STOPSIGNAL`: a number that is not 0, or a name with or without `SIG`.
pub(crate) fn signal(text: &str) -> Check {
    const NAMES: &[&str] = &[
        "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT",
        "KILL", "PIPE", "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM",
        "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
        "RTMIN", "RTMAX",
    ];
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let offset = |digits: &str, most: u8| {
        !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && digits.parse::<u8>().is_ok_and(|number| number <= most)
    };
    let real_time = name
        .strip_prefix("RTMIN+")
        .is_some_and(|digits| offset(digits, 15))
        || name
            .strip_prefix("RTMAX-")
            .is_some_and(|digits| offset(digits, 14));
    let number = text.parse::<i64>().is_ok_and(|number| number != 0);
    if number || real_time || NAMES.contains(&name) {
        return Ok(());
    }
    Err(format!(
        "invalid signal `{}`: write a number that is not 0, or a name such as `SIGTERM` or \
         `SIGRTMIN+3`",
        text.escape_debug()
    ))
}

/// Checks `--chmod`: octal up to 7777, or the symbolic form of chmod(1).
pub(crate) fn mode(text: &str) -> Check {
    let octal =
        !text.is_empty() && text.len() <= 5 && text.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
    if octal && u32::from_str_radix(text, 8).is_ok_and(|mode| mode <= 0o7777) {
        return Ok(());
    }
    let clause = |clause: &str| {
        let actions = clause.trim_start_matches(['u', 'g', 'o', 'a']);
        actions.starts_with(['+', '-', '='])
            && actions.bytes().all(|byte| b"+-=rwxXstugo".contains(&byte))
    };
    if !text.is_empty() && text.split(',').all(clause) {
        return Ok(());
    }
    Err(format!(
        "invalid mode `{}`: write octal digits up to 7777, or `u=rwX,go=rX`",
        text.escape_debug()
    ))
}

/// Checks `--chown` and `USER`: `user[:group]`, names or 32-bit numbers.
pub(crate) fn owner(text: &str) -> Check {
    let (user, group) = text
        .split_once(':')
        .map_or((text, None), |(user, group)| (user, Some(group)));
    if user.is_empty() || group.is_some_and(str::is_empty) {
        return Err(format!(
            "invalid owner `{}`: write `user` or `user:group`",
            text.escape_debug()
        ));
    }
    for part in [Some(user), group].into_iter().flatten() {
        if part.bytes().all(|byte| byte.is_ascii_digit()) && part.parse::<u32>().is_err() {
            return Err(format!("invalid id `{part}`: it has more than 32 bits"));
        }
        if part.contains(':') {
            return Err(format!(
                "invalid owner `{}`: write at most one `:`",
                text.escape_debug()
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rule: fn(&str) -> Check, accepted: &[&str], refused: &[&str]) {
        for text in accepted {
            assert_eq!(rule(text), Ok(()), "{text:?}");
        }
        for text in refused {
            assert!(rule(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn stage_names() {
        check(
            stage_name,
            &["a", "a-b_c.1"],
            &["", "A", "1b", "a b", "scratch", "context", "é", "-a"],
        );
    }

    #[test]
    fn ports() {
        check(
            port,
            &["0", "80", "80/tcp", "5-7/udp", "65535/sctp", "80/TCP"],
            &[
                "", "65536", "7-5", "80/", "80/http", "a", "+80", "1:2", "-1", "80 81",
            ],
        );
    }

    #[test]
    fn durations() {
        check(
            duration,
            &["0", "0s", "1m30s", "1.5h", "1ms", "100us900us", ".5s"],
            &[
                "",
                "5",
                "-1s",
                "1us",
                "1d",
                "s",
                "1e3s",
                "1 s",
                "300000000h",
            ],
        );
    }

    #[test]
    fn signals() {
        check(
            signal,
            &[
                "9",
                "-1",
                "9999",
                "SIGTERM",
                "term",
                "SIGRTMIN",
                "RTMIN+1",
                "RTMIN+15",
                "SIGRTMAX-14",
            ],
            &[
                "", "0", "SIGFOO", "RTMIN+16", "RTMIN+0", "RTMAX-15", "RTMIN+", "TERM ",
            ],
        );
    }

    #[test]
    fn modes() {
        check(
            mode,
            &[
                "0",
                "644",
                "0755",
                "07777",
                "u=rwX,go=rX",
                "a+x",
                "+x",
                "g=u",
            ],
            &["", "888", "10000", "0o644", "u", "u=rwz", "u=r,,g=r", "rwx"],
        );
    }

    #[test]
    fn owners() {
        check(
            owner,
            &["app", "app:app", "1000:1000", "0", "a b:c", "4294967295"],
            &["", ":", "a:", ":b", "4294967296", "a:b:c"],
        );
    }

    #[test]
    fn platforms() {
        check(
            platform,
            &[
                "linux",
                "amd64",
                "linux/arm64",
                "linux/arm/v7",
                "windows(10.0.17763)/amd64",
                "foo/bar",
            ],
            &[
                "",
                "foo",
                "linux/",
                "linux/a/b/c",
                "li nux/arm",
                "linux(/amd64",
            ],
        );
    }

    #[test]
    fn images() {
        let digest = format!("a@sha256:{}", "0".repeat(64));
        check(
            image,
            &[
                "debian",
                "debian:bookworm-slim",
                "a/b",
                "localhost:5000/a/b:1",
                "gcr.io/distroless/cc-debian12",
                "a__b",
                "a--b",
                "[::1]:5000/a",
                &digest,
            ],
            &[
                "",
                "Debian",
                "a:",
                "a b",
                "a//b",
                "-a",
                "a:b:c/d ",
                "a@sha256:12",
                "a___b",
                "a/",
                "a\nb",
                &"0".repeat(64),
            ],
        );
    }
}
