//! A public value arrives in the command byte for byte and as one argument, in every place where `sh!` takes one: shown by real
//! shells, for values with all special characters. In a place without a known quoting the value is refused.

use std::io::Write as _;
use std::process::{Command, Stdio};

use dockerfile_dsl::{Dialect, Dockerfile, Script, Stage, words};
use dockerfile_dsl_analysis::dockerfile::{self, Kind};

/// Scripts that print `<value>` and a NUL, in which `{x}` is the value.
const PLACES: &[&str] = &[
    "printf '<%s>\\0' {x}",
    "printf '%s\\0' \\<{x}\\>",
    "printf '%s\\0' '<'{x}'>'",
    "printf '%s\\0' \"<{x}>\"",
    "printf '%s\\0' '<{x}>'",
    "printf '%s%s%s\\0' \\< {x} \\>",
    "A={x}; printf '<%s>\\0' \"$A\"",
    "A=\"{x}\" && printf '<%s>\\0' \"$A\"",
    "export A={x}; sh -c 'printf \"<%s>\\0\" \"$A\"'",
    "set -- {x}; printf '<%s>\\0' \"$@\"",
    "set -- a {x} b; printf '<%s>\\0' \"$2\"",
    "f() { printf '<%s>\\0' \"$@\"; }; f {x}",
    "for a in {x}; do printf '<%s>\\0' \"$a\"; done",
    "if [ a{x} = a{x} ]; then printf '<%s>\\0' {x}; fi",
    "case a{x} in a{x}) printf '<%s>\\0' {x} ;; *) printf 'no\\0' ;; esac",
    "case {x} in {x}) printf '<%s>\\0' {x} ;; *) printf 'no\\0' ;; esac",
    "( printf '<%s>\\0' {x} )",
    "{ printf '<%s>\\0' {x}; }",
    "printf '<%s>\\0' {x} | cat",
    "sh -c 'printf \"<%s>\\0\" \"$1\"' sh {x}",
    "printf '<%s>\\0' \"${A:-{x}}\"",
    "A=1; printf '<%s>\\0' \"${A:+{x}}\"",
    "printf '<%s>\\0' \"a${B:-b{x}c}d\" | sed 's/<ab/</; s/cd>/>/'",
    "A=ab; printf '<%s>\\0' \"${A%{x}}\" > /dev/null; printf '<%s>\\0' {x}",
    "cat <<E.O.F\n<${A:-{x}}>\nE.O.F\nprintf '\\0'",
    "printf '<%s>\\0' ${A:-\"{x}\"}",
    "printf '%s' {x} > /dev/null && printf '<%s>\\0' {x}",
    "cat <<E.O.F\n<{x}>\nE.O.F\nprintf '\\0'",
    "cat <<'E.O.F'\n<{x}>\nE.O.F\nprintf '\\0'",
];

/// The same for bash.
const BASH: &[&str] = &[
    "cat <<< {x} > /dev/null; printf '<%s>\\0' {x}",
    "a=({x}); printf '<%s>\\0' \"${a[@]}\"",
    "declare a={x}; printf '<%s>\\0' \"$a\"",
    "[[ {x} == {x} ]] && printf '<%s>\\0' {x}",
];

/// No quoting is known here, or the value would be more than a value.
const REFUSED: &[&str] = &[
    "echo $(( {x} ))",
    "sh -c 'echo {x}'",
    "eval echo {x}",
    "echo `echo {x}`",
    "cat <<{x}\na\nEOF",
    "{x}=1",
    "echo \\{x}",
    "git -c credential.helper='!echo {x}' fetch",
    "trap 'echo {x}' EXIT",
    "find . -exec sh -c 'echo {x}' \\;",
    "xargs sh -c 'echo {x}'",
    "echo $((1)); {x}() { :; }",
];

/// Values of the characters that mean something, and of words that do; the same on each run.
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
        ".",
        "/",
        ":",
        "@",
        "+",
        "if",
        "done",
        "in",
        "esac",
        "EOF",
        "$x",
        "${x}",
        "$(id)",
        "<(id)",
        ">(",
        "`id`",
        "\\\n",
        "\r",
        "\u{1}",
        "\u{7f}",
        "\u{e9}",
        "\u{1f511}",
        "-n",
        "--",
        "-e",
        "{x}",
        "!x",
        "x=1",
    ];
    let mut state = 7_u64;
    let mut below = |bound: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    };
    let mut values: Vec<String> = PIECES.iter().map(|&piece| piece.to_owned()).collect();
    values.push(String::new());
    values.extend((0..90).map(|_| {
        (0..=below(7))
            .map(|_| PIECES[below(PIECES.len())])
            .collect::<String>()
    }));
    values
}

/// The text that RUN gives to the shell.
fn rendered(script: Script, dialect: Dialect) -> String {
    let mut stage = Stage::from_image("debian");
    if dialect == Dialect::Bash {
        stage.shell(["/bin/bash", "-c"]);
    }
    let stage = stage.run(script).build();
    let file = Dockerfile::from_stage(&stage).unwrap_or_else(|error| panic!("{error}"));
    let text = file.render();
    let read = dockerfile::read(&text).expect("what is rendered can be read");
    let Kind::Run(run) = &read.stages[0].instructions.last().expect("the RUN").kind else {
        panic!("{text}")
    };
    run.command
        .shell_text()
        .expect("a script")
        .as_str()
        .to_owned()
}

fn parse(place: &str, value: &str, dialect: Dialect) -> Result<Script, dockerfile_dsl::Error> {
    Script::template(place)
        .dialect(dialect)
        .bind("x", &value)
        .parse()
}

/// What each script prints, up to its NUL.
fn run(shell: &str, scripts: &[String]) -> Vec<String> {
    let mut child = Command::new(shell)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the shell is here");
    let mut stdin = child.stdin.take().expect("it is piped");
    // Each in a separate shell, so that variables of one do not affect the next.
    let all: String = scripts
        .iter()
        .map(|script| format!("(\n{script}\n) < /dev/null\n"))
        .collect();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(all.as_bytes()).expect("the shell reads on"));
        child.wait_with_output().expect("the shell ends")
    });
    let output = String::from_utf8(output.stdout).expect("UTF-8 comes back");
    output.split_terminator('\0').map(str::to_owned).collect()
}

#[track_caller]
fn check(place: &str, shells: &[&str], dialect: Dialect) {
    let values = values();
    let mut scripts = Vec::new();
    let mut expected = Vec::new();
    for value in &values {
        match parse(place, value, dialect) {
            Ok(script) => {
                scripts.push(rendered(script, dialect));
                expected.push(format!("<{value}>"));
            }
            // The one thing that a here-document cannot carry.
            Err(error) => assert!(
                error.to_string().contains("would close the here-document"),
                "{place}: {error}"
            ),
        }
    }
    assert!(
        scripts.len() * 10 > values.len() * 9,
        "{place} refuses too much"
    );
    for shell in shells {
        let printed = run(shell, &scripts);
        assert_eq!(
            printed.len(),
            expected.len(),
            "{shell}: {place}: {printed:#?}"
        );
        for ((script, expected), printed) in scripts.iter().zip(&expected).zip(printed) {
            // A here-document ends with a line.
            assert_eq!(
                printed.strip_suffix('\n').unwrap_or(&printed),
                expected,
                "{shell}: {place}:\n{script}"
            );
        }
    }
}

#[test]
fn a_public_value_is_one_argument_byte_for_byte() {
    for place in PLACES {
        check(place, &["sh", "bash"], Dialect::Posix);
    }
    for place in BASH {
        check(place, &["bash"], Dialect::Bash);
    }
}

#[test]
fn each_of_several_words_is_one_argument() {
    let values = values();
    let place = "printf '%s\\0' {x}";
    let list = words(&values);
    let script = Script::parse(place, &[("x", &list)]).unwrap_or_else(|error| panic!("{error}"));
    let script = rendered(script, Dialect::Posix);
    for shell in ["sh", "bash"] {
        assert_eq!(run(shell, std::slice::from_ref(&script)), values, "{shell}");
    }
    // None is no argument.
    let script = Script::parse(
        "set -- {x}; printf '%s\\0' \"$#\"",
        &[("x", &words::<[&str; 0]>([]))],
    )
    .expect("it is public");
    assert_eq!(run("sh", &[rendered(script, Dialect::Posix)]), ["0"]);
}

#[test]
fn value_refused_without_known_quoting() {
    let accepted: Vec<&&str> = REFUSED
        .iter()
        .filter(|place| parse(place, "a", Dialect::Posix).is_ok())
        .collect();
    assert!(accepted.is_empty(), "{accepted:#?}");
}

#[test]
fn nul_is_refused_everywhere() {
    for place in PLACES {
        assert!(parse(place, "a\0b", Dialect::Posix).is_err(), "{place}");
    }
}
