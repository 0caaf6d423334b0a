//! For any text in a field, the file has the same instructions and flags, and the field is read back unchanged.
//!
//! Text that no Dockerfile can represent is refused; each field has a min. share of ordinary text that it must accept, so that
//! refusing everything fails the test.

use dockerfile_dsl::{Dockerfile, Escape, Stage, StageBuilder};
use dockerfile_dsl_analysis::dockerfile::{self, Environment, Instruction, Kind};
use dockerfile_dsl_tests::fields::{FIELDS, Field};
use dockerfile_dsl_tests::property_cases;
use proptest::prelude::*;

/// Text that means something to one of the layers, and text that means nothing to any.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[\\\\\"'`$\\{\\}\\[\\]<>#=, \\t;&|!()*?~^%:@/-]",
        2 => "[a-zA-Z0-9_.]{1,3}",
        1 => Just("\n".to_owned()),
        1 => Just("\r".to_owned()),
        1 => Just("\u{85}".to_owned()),
        1 => Just("\u{a0}é\u{2028}".to_owned()),
        1 => Just("\nRUN evil\n".to_owned()),
        1 => Just(" --mount=type=secret,id=x ".to_owned()),
        1 => Just("${HOME}$(id)`id`".to_owned()),
        1 => Just("<<EOF\nEOF\n".to_owned()),
        1 => Just("\\\n".to_owned()),
        1 => Just("\",required=false".to_owned()),
        1 => Just("\0".to_owned()),
        1 => Just("{TOKEN}".to_owned()),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// Ordinary text on one line.
fn ordinary() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9_./ \"'\\\\$#,=;*?-]{1,20}"
}

/// The instructions of the only stage, or nothing where the text was refused.
fn read_back(
    build: impl Fn(&mut StageBuilder),
    escape: Escape,
) -> Option<(Vec<Instruction>, Environment)> {
    let mut stage = Stage::from_image("debian");
    stage.env("BEFORE", "1");
    build(&mut stage);
    stage.env("AFTER", "1");
    let file = Dockerfile::settings()
        .escape(escape)
        .dockerfile(&stage.build())
        .ok()?;
    let file = dockerfile::read(&file.render()).expect("a rendered file can be read");
    assert_eq!((file.stages.len(), file.global_args.len()), (1, 0));
    let environment = Environment::stage(&Environment::new(&file, Vec::new()), None);
    let instructions = file.stages[0].instructions.clone();
    assert!(matches!(instructions.first().unwrap().kind, Kind::Env(_)));
    assert!(matches!(instructions.last().unwrap().kind, Kind::Env(_)));
    Some((instructions, environment))
}

/// Whether the text was accepted; if so, that nothing else came of it.
fn check(field: &Field, text: &str, escape: Escape) -> bool {
    // The renderer puts this before a source that would be read as something else.
    if text.starts_with("./") {
        return false;
    }
    let Some((instructions, environment)) = read_back(|stage| (field.set)(stage, text), escape)
    else {
        return false;
    };
    assert_eq!(instructions.len(), 3, "{}: {text:?}", field.name);
    assert_eq!(
        instructions[1].flags.len(),
        field.flags,
        "{}: {text:?}",
        field.name
    );
    assert_eq!(
        (field.get)(&instructions[1], &environment),
        text,
        "{}",
        field.name
    );
    true
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: property_cases(1500),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_text_escapes_its_field(index in 0..FIELDS.len(), text in hostile(), backtick: bool) {
        check(&FIELDS[index], &text, if backtick { Escape::Backtick } else { Escape::Backslash });
    }

    #[test]
    fn ordinary_text_is_read_back(index in 0..FIELDS.len(), text in ordinary(), backtick: bool) {
        check(&FIELDS[index], &text, if backtick { Escape::Backtick } else { Escape::Backslash });
    }
}

#[test]
fn every_field_takes_ordinary_text() {
    for field in FIELDS {
        for text in ["a", "a.b-c_d", "x/y"] {
            assert!(
                check(field, text, Escape::Backslash),
                "{}: {text:?}",
                field.name
            );
        }
    }
    // Quotes, dollars and backslashes are carried, too, in places where they have no meaning.
    for name in [
        "ENV value",
        "LABEL key and value",
        "ARG default",
        "COPY source",
        "COPY destination",
        "WORKDIR",
        "CMD argument",
        "RUN argument",
        "bind mount source",
        "cache mount id",
    ] {
        let field = FIELDS.iter().find(|field| field.name == name).unwrap();
        for text in ["a b", "a\"b'c", "a\\b\\", "a#b", "a,b", "{a}", "a`b"] {
            for escape in [Escape::Backslash, Escape::Backtick] {
                assert!(check(field, text, escape), "{name}: {text:?}");
            }
        }
    }
}
