//! Values in every place of a script, and what a real shell makes of them.

use std::process::Command;

use dockerfile_dsl_analysis::holes::Quote;

use super::{Extra, Piece, Script, ScriptMount};
use crate::value::{AnyValue, words};
use crate::{CacheDir, Secret, TmpFs, Word, path};

const TOKEN: Secret = Secret::env("TOKEN");

/// Texts that a shell would read as more than themselves.
const HOSTILE: &[&str] = &[
    "",
    " ",
    "a b",
    "'",
    "\"",
    "it's \"odd\"",
    "$HOME",
    "${HOME}",
    "$(id)",
    "`id`",
    "\\",
    "\\\\",
    "a\\",
    "*",
    "?",
    "[a]",
    "~",
    "~root",
    "#x",
    "-n",
    "--",
    "a;b",
    "a&b",
    "a|b",
    "a>b",
    "a<b",
    "(a)",
    "{a,b}",
    "!x",
    "a\nb",
    "\n",
    "\t",
    "é",
    "a=b",
    "if",
    "2",
    "x\\'y",
    "'\\''",
    "$'a'",
];

fn text(pieces: &[Piece<'_>]) -> String {
    Script::__assemble(pieces, &[], "", 0).text().to_owned()
}

#[track_caller]
fn check(before: &str, value: &dyn AnyValue, quote: Quote, after: &str, expected: &str) {
    let pieces = [
        Piece::Text(before),
        Piece::Hole("hole", value, quote),
        Piece::Text(after),
    ];
    assert_eq!(text(&pieces), expected);
}

/// What a shell prints for a script.
#[track_caller]
fn run(shell: &str, script: &str) -> String {
    let output = Command::new(shell)
        .args(["-c", script])
        .env("HOME", "/home")
        .output()
        .expect("a shell runs");
    assert!(
        output.status.success(),
        "{shell}: {script:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("what went in is UTF-8")
}

#[test]
fn a_shell_reads_every_value_as_itself() {
    let places = [
        ("printf %s ", Quote::Bare, "", ""),
        ("printf %s x", Quote::Bare, "y", "xy"),
        ("A=a; printf %s $A", Quote::Bare, "", "a"),
        ("printf %s \"x", Quote::Double, "y\"", "xy"),
        ("A=a; printf %s \"$A", Quote::Double, "y\"", "ay"),
        ("printf %s 'x", Quote::Single, "y'", "xy"),
        ("cat <<E\nx", Quote::HereDocument, "y\nE", "xy\n"),
        ("A=a; cat <<E\n$A", Quote::HereDocument, "y\nE", "ay\n"),
        ("cat <<'E'\nx", Quote::Verbatim, "y\nE", "xy\n"),
    ];
    for shell in ["sh", "bash"] {
        for value in HOSTILE {
            for (before, quote, after, around) in places {
                let script = text(&[
                    Piece::Text(before),
                    Piece::Hole("hole", value, quote),
                    Piece::Text(after),
                ]);
                let split = around.find('y').unwrap_or(around.trim_end().len());
                let expected = format!("{}{value}{}", &around[..split], &around[split..]);
                assert_eq!(
                    run(shell, &script),
                    expected,
                    "{shell}, {quote:?}: {script:?}"
                );
            }
        }
    }
}

#[test]
fn plain_words_stay_as_they_are() {
    check("a ", &"x-1.2/@b", Quote::Bare, "", "a x-1.2/@b");
    check("", &"A=b", Quote::Bare, " c", "'A=b' c");
    check("", &"if", Quote::Bare, " c", "'if' c");
    check("echo ", &2_u32, Quote::Bare, ">x", "echo '2'>x");
    check("echo ", &2_u32, Quote::Bare, " >x", "echo 2 >x");
    check("$(( ", &2_u32, Quote::Refused, " ))", "$(( 2 ))");
    check(
        "sh -c '",
        &Word::literal("a"),
        Quote::Refused,
        "'",
        "sh -c 'a'",
    );
}

#[test]
fn a_variable_before_a_value_keeps_its_name() {
    check("$A", &"b", Quote::Bare, "", "${A}b");
    check("\"$A", &"b", Quote::Double, "\"", "\"${A}b\"");
    check("\"\\$A", &"b", Quote::Double, "\"", "\"\\$Ab\"");
    check("$$A", &"b", Quote::Bare, "", "$$Ab");
    check("$1", &"b", Quote::Bare, "", "$1b");
    check("${A}", &"b", Quote::Bare, "", "${A}b");
    check("'$A", &"b", Quote::Single, "'", "'$Ab'");
}

#[test]
fn list_in_a_bare_hole_is_several_words() {
    let list = words(["a", "b c"]);
    check("add ", &list, Quote::Bare, "", "add a 'b c'");
    check("add ", &list, Quote::Bare, "; x", "add a 'b c'; x");
    check("add --x=", &list, Quote::Bare, "", "add --x='a b c'");
    check("add \"", &list, Quote::Double, "\"", "add \"a b c\"");
    check(
        "add ",
        &words(Vec::<String>::new()),
        Quote::Bare,
        "",
        "add ",
    );
}

#[test]
fn a_secret_is_its_path_or_its_value() {
    check("cat ", &TOKEN, Quote::Bare, "", "cat /run/secrets/TOKEN");
    check(
        "a ",
        &TOKEN.value(),
        Quote::Bare,
        "",
        "a \"$(cat /run/secrets/TOKEN)\"",
    );
    check(
        "a \"x ",
        &TOKEN.value(),
        Quote::Double,
        "\"",
        "a \"x $(cat /run/secrets/TOKEN)\"",
    );
    check(
        "a 'x ",
        &TOKEN.value(),
        Quote::Single,
        "'",
        "a 'x '\"$(cat /run/secrets/TOKEN)\"''",
    );
}

#[test]
fn values_bring_their_mounts_once() {
    let tmp = TmpFs::at(path!("/t"));
    let cache = CacheDir::at(path!("/c")).id("c");
    let pieces = [
        Piece::Hole("a", &TOKEN, Quote::Bare),
        Piece::Hole("b", &TOKEN, Quote::Bare),
        Piece::Hole("t", &tmp, Quote::Bare),
        Piece::Hole("c", &cache, Quote::Bare),
    ];
    let script = Script::__assemble(&pieces, &[Extra::Mount(&TOKEN, "/x")], "f", 1);
    let expected = [
        ScriptMount::SecretFile {
            secret: TOKEN,
            target: None,
        },
        ScriptMount::Tmpfs {
            target: path!("/t"),
        },
        ScriptMount::Cache {
            target: path!("/c"),
            id: Some("c".into()),
        },
        ScriptMount::SecretFile {
            secret: TOKEN,
            target: Some("/x".into()),
        },
    ];
    assert_eq!(script.mounts(), expected);
}

#[test]
fn decisions_are_noted_with_their_place() {
    let declassified = TOKEN.declassify("a public test token");
    let script = Script::__assemble(
        &[Piece::Hole("t", &declassified, Quote::Bare)],
        &[Extra::Trust("p", true, "r")],
        "f.rs",
        7,
    );
    let notes: Vec<_> = script
        .decisions()
        .iter()
        .map(|decision| {
            let place = decision.place.as_ref().expect("a script has a place");
            let hole = place.hole.as_deref();
            (hole, decision.reason.as_str(), place.file, place.line)
        })
        .collect();
    assert_eq!(
        notes,
        [
            (Some("t"), "a public test token", "f.rs", 7),
            (None, "r", "f.rs", 7)
        ]
    );
}

#[test]
fn what_no_text_can_carry_is_a_problem() {
    let problems = |value: &dyn AnyValue, before: &str, quote, after: &str| {
        Script::__assemble(
            &[
                Piece::Text(before),
                Piece::Hole("hole", value, quote),
                Piece::Text(after),
            ],
            &[],
            "",
            0,
        )
        .problems()
        .to_vec()
    };
    assert_eq!(
        problems(&"a\0b", "", Quote::Bare, ""),
        ["the value of `hole` contains a NUL, which no script can carry"]
    );
    assert_eq!(
        problems(&"a\nE\nb", "cat <<E\n", Quote::HereDocument, "\nE\n"),
        ["a value would close the here-document `E`"]
    );
    assert_eq!(
        problems(&"E", "cat <<-'E'\n\t", Quote::Verbatim, "\nE\n"),
        ["a value would close the here-document `E`"]
    );
    assert_eq!(
        problems(&"a b", "$(( ", Quote::Refused, "))"),
        ["the value of `hole` is in a place without a known quoting, and is not a plain word"]
    );
    assert!(problems(&"Ex", "cat <<E\n", Quote::HereDocument, "\nE\n").is_empty());
}
