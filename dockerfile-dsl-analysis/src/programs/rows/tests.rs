//! Parsing of rows, and its errors.

use super::super::sends::Sends;
use super::parse;
use crate::programs::{Argument, Dashes, Effect, Output, Role, Stdin};

const FROBCTL: &str = "\
program frobctl
  case frobctl-login frobctl-get
  option --token: credential
  command login; operands stored...; stdin stored; stores $FROB_CONFIG ~/.frob/token
  command get|list; operands credential...
";

#[test]
fn five_lines_describe_a_program() {
    let programs = parse(FROBCTL).expect("is right");
    let [frobctl] = programs.as_slice() else {
        panic!("{programs:?}");
    };
    assert_eq!(frobctl.names, ["frobctl"]);
    assert_eq!(frobctl.cases, ["frobctl-login", "frobctl-get"]);
    assert_eq!(
        frobctl.options[0].argument,
        Argument::Value(Role::Credential)
    );
    let [login, get] = frobctl.rows.as_slice() else {
        panic!("{frobctl:?}");
    };
    assert_eq!(login.command, [["login"]]);
    assert_eq!(login.operands.rest, Some(Role::Stored));
    assert_eq!(login.stdin, Stdin::Stored);
    assert_eq!(login.stores, "$FROB_CONFIG ~/.frob/token");
    assert_eq!(login.effects, [Effect::Store]);
    assert_eq!(get.command, [["get", "list"]]);
    assert_eq!(get.dashes, Dashes::Listed);
}

#[test]
fn options_before_the_first_command_are_those_of_every_row() {
    let text = "program a\n  flag -v: print-data\n  operands read quoted... write\n  dashes any\n";
    let programs = parse(text).expect("is right");
    let row = &programs[0].rows[0];
    assert_eq!(programs[0].options[0].effect, Some(Effect::PrintData));
    assert_eq!(row.operands.first, [Role::Read]);
    assert_eq!(row.operands.rest, Some(Role::Quoted));
    assert_eq!(row.operands.last, [Role::Write]);
    assert_eq!(row.dashes, Dashes::Any);
}

#[test]
fn an_option_can_store() {
    let text = "program a\n  command env; flag -w: store; operands stored...; stores ~/.a\n";
    let programs = parse(text).expect("is right");
    assert_eq!(programs[0].rows[0].effects, []);
}

#[test]
fn options_alone_are_a_row() {
    let rows = |text: &str| parse(text).expect("is right")[0].rows.len();
    assert_eq!(rows("program a\n  option --key: credential-file\n"), 1);
    assert_eq!(rows("program a\n  flag -v\n  command get\n"), 1);
    assert_eq!(rows("program a\n"), 0);
}

#[test]
fn groups_and_continued_lines() {
    let text = "options common # for all\n  flag -a \\\n    -b\n\
                program x \\\n    y\n  use common\n  command *\n";
    let programs = parse(text).expect("is right");
    assert_eq!(programs[0].names, ["x", "y"]);
    assert_eq!(programs[0].options[0].names, ["-a", "-b"]);
}

#[track_caller]
fn refused(text: &str, expected: &str) {
    let errors = parse(text).expect_err(text);
    assert_eq!(errors[0].to_string(), expected);
}

#[test]
fn mistakes_name_the_place_and_the_valid_words() {
    refused("flag -x\n", "1:1: `flag` before the first `program`");
    refused(
        "program a\n  stdin reed\n",
        "2:9: unknown stdin `reed`, did you mean `read`? (valid: unused, read, \
             read-without-operand, credential, stored)",
    );
    refused(
        "program a\n  option -t: secrt\n",
        "2:14: unknown role or effect `secrt` (valid: plain, credential, \
             credential-file, credential-or-file, read, read-tree, inspect, shown, quoted, \
             write, stored, stored-file, create, remove, directory, script, command, \
             script-file, store, forgets, print-arguments, print-credentials, print-environment, \
             clean-output, print-data, \
             prints-names, prints-names-of-several, hides-names, in-place, recursive, \
             follow-links, keep-links, opaque, cuts-bytes, cuts, selects-lines, edits-in-place, \
             issues, \
             runs-project, never-fails, shell-options, runs-bash, runs-posix, target-is-file, \
             target-is-link)",
    );
    refused(
        "program a\n  option -t\n",
        "2:3: `option` takes a role after the names: `-t: credential`",
    );
    refused(
        "program a\n  option token: credential\n",
        "2:10: invalid option `token`: names begin with a dash, and a `:` ends them",
    );
    refused("program a\n  stores $/x\n", "2:10: invalid variable `$`");
    refused(
        "program a\n  stores ~/x+$/x\n",
        "2:10: invalid variable `$`",
    );
    refused(
        "program /usr/bin/a\n",
        "1:9: invalid program name `/usr/bin/a`: write the last component of the path",
    );
    refused(
        "program a\n  operands read... shown...\n",
        "2:20: only one role of the operands can end in `...`",
    );
}

/// No text makes the parser panic, and every error has a position in the text.
#[test]
fn mutated_rows_are_read_or_refused() {
    let bytes = FROBCTL.as_bytes();
    for at in 0..bytes.len() {
        for byte in *b" \n;:\\#$-.|x" {
            let mut bytes = bytes.to_vec();
            bytes[at] = byte;
            let text = String::from_utf8(bytes).expect("ASCII");
            if let Err(errors) = parse(&text) {
                let lines = text.lines().count();
                assert!(
                    errors.iter().all(|error| (1..=lines).contains(&error.line)),
                    "{text}"
                );
            }
        }
    }
}

/// Formats the words of an enum as a table of the page.
fn table<T>(title: &str, words: &[(&str, T, &str)]) -> String {
    let rows: String = words
        .iter()
        .map(|(word, _, meaning)| format!("| `{word}` | {} |\n", meaning.trim()))
        .collect();
    format!("## {title}\n\n| word | meaning |\n|---|---|\n{rows}")
}

#[test]
fn the_page_has_every_word() {
    let expected = [
        table("Roles", Role::WORDS),
        table("Standard input", Stdin::WORDS),
        table("Output", Output::WORDS),
        table("Dashes", Dashes::WORDS),
        table("Effects", Effect::WORDS),
    ]
    .join("\n");
    let page = include_str!("../grammar.md");
    for (word, meaning) in Sends::WORDS {
        let row = format!("| `{word}` | {meaning} |\n");
        assert!(page.contains(&row), "programs/grammar.md has to have {row}");
    }
    let (_, words) = page.split_at(page.find("## Roles").unwrap_or(page.len()));
    assert!(
        words == expected,
        "programs/grammar.md has to end in\n\n{expected}"
    );
}
