//! Word expansion compared with BuildKit.

use super::*;

fn lookup(name: &str) -> Option<String> {
    let value = match name {
        "V" => "foo.bar.baz",
        "EMPTY" => "",
        "X" => "x y",
        "STAR" => "a*b}c/d",
        "TEMPLATE" => "<$0>",
        _ => return None,
    };
    Some(value.to_owned())
}

#[track_caller]
fn check(word: &str, expected: &str) {
    assert_eq!(
        expand(word, Escape::Backslash, &lookup).as_deref(),
        Ok(expected),
        "{word}"
    );
}

#[track_caller]
fn refused(word: &str, expected: &str) {
    let error = expand(word, Escape::Backslash, &lookup).expect_err(word);
    assert!(error.to_string().contains(expected), "{word}: {error}");
}

#[test]
fn quotes_and_escapes() {
    check(r"'a$V\c'", r"a$V\c");
    check(r#""a\b\\c\n""#, r"a\b\c\n");
    check(r"a\nb\ c\", "anb c");
    check(r#""abc\\""#, r"abc\");
    check(r#""\${X}""#, "${X}");
    check("\u{feff}a", "a");
    refused("it's", "single quote");
    refused("a\"b", "double quote");
}

#[test]
fn backtick_as_escape() {
    assert_eq!(
        expand("a`$b", Escape::Backtick, &lookup).as_deref(),
        Ok("a$b")
    );
    assert_eq!(
        expand(r#""c`"d\e""#, Escape::Backtick, &lookup).as_deref(),
        Ok(r#"c"d\e"#)
    );
}

#[test]
fn dollars_that_are_no_variable() {
    check("$", "$");
    check("\"$ x\"", "$ x");
    check("$(x)", "$(x)");
    check("$-", "");
    check("$$", "");
    check("a$1b", "ab");
    check("a$12b", "ab");
}

#[test]
fn modifiers() {
    check("${V}|$X|${NONE}", "foo.bar.baz|x y|");
    check("${NONE:-w$X}${EMPTY:-e}${EMPTY-e}${NONE-n}", "wx yen");
    check("${V:+w}${EMPTY:+e}${EMPTY+e}${NONE+n}", "we");
    check("${V:?m}", "foo.bar.baz");
    check("${EMPTY?m}", "");
    refused("${NONE?m}", "m");
    refused("${NONE:?}", "not allowed to be unset");
    refused("${EMPTY:?}", "not allowed to be empty");
    refused("${}", "bad substitution");
    refused("${:x}", "bad substitution");
    refused("${{", "bad substitution");
    refused("${V", "`}` is missing");
    refused("${V:-", "`}` is missing");
    refused("${V:#x}", "unsupported modifier");
    refused("${V^^}", "unsupported modifier");
    refused("${V:=x}", "unsupported modifier");
}

#[test]
fn patterns() {
    check(
        "${V%.*} ${V%%.*} ${V#*.} ${V##*.} ${V/./-} ${V//./-}",
        "foo.bar foo bar.baz baz foo-bar.baz foo-bar-baz",
    );
    check(
        "${V/o*a/-} ${V//?a/-} ${V#nothing}",
        "f-z foo.-r.-z foo.bar.baz",
    );
    check(r"${STAR#*\*} ${STAR%\}*} ${STAR/\//-}", "b}c/d a*b a*b}c-d");
    check("${V//./$TEMPLATE}", "foo<.>bar<.>baz");
    refused("${X//}x}", "`/` is missing");
    refused(r"${V#\x}", "invalid escape");
}

#[test]
fn hostile_words() {
    let deep = "${a:-".repeat(100_000);
    refused(&deep, "nested too deeply");
    let long = "x".repeat(MAX_GROWTH + 3);
    let lookup = |_: &str| Some(long.clone());
    assert!(expand("$A", Escape::Backslash, &lookup).is_err());
}

#[test]
fn words_are_split_after_expansion() {
    let words = expand_words("80 \"443/TCP\" $X", Escape::Backslash, &lookup);
    assert_eq!(
        words,
        Ok(vec![
            "80".to_owned(),
            "443/TCP".to_owned(),
            "x".to_owned(),
            "y".to_owned()
        ])
    );
}
