//! Words, quotes, variables, and the values of one-line instructions.

use super::*;

#[test]
fn quotes() {
    check_values(
        r#"ENV A='a$b\c' B="a\b\\c\n" C=a\nb"#,
        &[("A", r"a$b\c"), ("B", r"a\b\c\n"), ("C", "anb")],
    );
}

#[test]
fn a_backslash_before_the_closing_quote() {
    check_values(r#"ENV A="abc\\" B=x"#, &[("A", r"abc\"), ("B", "x")]);
}

#[test]
fn blanks_inside_quotes() {
    check_values(r#"ENV A="a  b"   B=c"#, &[("A", "a  b"), ("B", "c")]);
}

#[test]
fn the_old_form() {
    check_values(r#"ENV A  b  "c d"  $X"#, &[("A", "b  c d  ")]);
    check_values("ENV A b=c", &[("A", "b=c")]);
}

#[test]
fn empty_values() {
    check_values(r#"ENV A= B="""#, &[("A", ""), ("B", "")]);
}

#[test]
fn dollars() {
    check_values(
        r#"ENV A="$" B="$ x" C="$-" D="a$1b" E="\${X}" F="$$" G="$(x)""#,
        &[
            ("A", "$"),
            ("B", "$ x"),
            ("C", ""),
            ("D", "ab"),
            ("E", "${X}"),
            ("F", ""),
            ("G", "$(x)"),
        ],
    );
}

#[test]
fn patterns() {
    check_values(
        "ENV V=foo.bar.baz\nENV A=${V%.*} B=${V%%.*} C=${V#*.} D=${V##*.} E=${V/./-} F=${V//./-}",
        &[
            ("A", "foo.bar"),
            ("B", "foo"),
            ("C", "bar.baz"),
            ("D", "baz"),
            ("E", "foo-bar.baz"),
            ("F", "foo-bar-baz"),
        ],
    );
}

#[test]
fn a_check_keeps_a_blank_that_is_not_of_ascii() {
    let file = dockerfile::read("FROM x\nHEALTHCHECK CMD  \u{a0}l\n").unwrap();
    let Kind::Healthcheck(dockerfile::Healthcheck::Command(command)) =
        &file.stages[0].instructions[0].kind
    else {
        panic!("it is a HEALTHCHECK")
    };
    assert_eq!(command.shell_text().unwrap().as_str(), "\u{a0}l");
}

/// BuildKit reads a pattern by itself, and Go's scanner drops the mark at the start; of `%` it reads the reversed pattern.
#[test]
fn byte_order_mark_in_a_pattern() {
    check_values(
        "ENV V=abca\nENV A=${V#\u{feff}a} B=${V%a\u{feff}} C=${V/\u{feff}a/x} D=${V#a\u{feff}}",
        &[("A", "bca"), ("B", "abc"), ("C", "xbca"), ("D", "abca")],
    );
}

#[test]
fn substitutions_that_end_the_build() {
    for word in ["${B", "${}", "${B:?need}"] {
        assert!(
            expand::expand(word, dockerfile::Escape::Backslash, &|_| None).is_err(),
            "{word}"
        );
    }
}

#[test]
fn workdir() {
    assert_eq!(environment("WORKDIR /a b").workdir(), "/a b");
    let workdirs = [
        "WORKDIR /a\n",
        "WORKDIR \"b c\"\n",
        "WORKDIR ../d\n",
        "WORKDIR e/\n",
    ];
    for (count, expected) in ["/a", "/a/b c", "/a/d", "/a/d/e"].iter().enumerate() {
        assert_eq!(
            environment(&workdirs[..=count].concat()).workdir(),
            *expected
        );
    }
}

#[test]
fn user() {
    assert_eq!(environment("USER \"a b\":c").user(), "a b:c");
}

#[test]
fn volume() {
    let instructions = stage(r#"VOLUME ["/a\\$b\\\"c"]"#);
    let Kind::Volume(volumes) = &instructions[0].kind else {
        panic!("it is a VOLUME")
    };
    assert_eq!(
        environment("").expand(&volumes[0]).as_deref(),
        Ok("/a$b\"c")
    );
}

#[track_caller]
fn check_ports(instructions: &str, expected: &[&str]) {
    let environment = environment(instructions);
    let Some(Kind::Expose(words)) = stage(instructions).pop().map(|last| last.kind) else {
        panic!("the last is EXPOSE")
    };
    let lookup = |name: &str| environment.variable(name).map(str::to_owned);
    let ports = words.iter().map(|word| {
        expand::expand_words(word, dockerfile::Escape::Backslash, &lookup).expect("is right")
    });
    assert_eq!(ports.flatten().collect::<Vec<_>>(), expected);
}

#[test]
fn expose() {
    check_ports(
        "ARG P=1 2\nEXPOSE 80 \"443/TCP\" 5-7/udp $P",
        &["80", "443/TCP", "5-7/udp", "1"],
    );
    check_ports("ENV P=\"1 2/udp\"\nEXPOSE $P", &["1", "2/udp"]);
}

#[test]
fn invalid_env_instructions() {
    refused("FROM x\nENV A=1 B C=2", "`B` has no `=`");
    refused("FROM x\nENV A", "needs a name and a value");
    refused("FROM x\nENV =a", "cannot be blank");
    refused("FROM x\nENV --A=b", "unknown flag `--A`");
}
