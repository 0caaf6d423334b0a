//! Models with arbitrary text in their fields, rendered.
//!
//! In: choices. Out: a text in which our reader finds the given text in its field. BuildKit's values are compared with the reader's.

use dockerfile_dsl::{Dockerfile, Escape, Stage};
use dockerfile_dsl_analysis::dockerfile::{self, Environment};
use proptest::prelude::*;
use proptest::test_runner::TestRng;

use crate::fields::FIELDS;

/// Pieces that mean something to one of the layers.
const PIECES: &[&str] = &[
    "\\",
    "\"",
    "'",
    "`",
    "$",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "#",
    "=",
    ",",
    " ",
    "\t",
    ";",
    "&",
    "|",
    "!",
    "(",
    ")",
    "*",
    "?",
    "~",
    "^",
    "%",
    ":",
    "@",
    "/",
    "-",
    "\r",
    "\u{b}",
    "\u{85}",
    "\u{a0}",
    "\u{feff}",
    "\u{2028}",
    "${HOME}",
    "$A",
    "$(id)",
    "<<EOF",
    " --mount=type=secret,id=x ",
    "\",required=false",
    "{TOKEN}",
    "\\n",
    "..",
    "a",
    "b c",
    "EOF",
];

/// Returns the text of a model that the library accepts.
///
/// # Panics
///
/// If it cannot be read back.
pub fn rendered(rng: &mut TestRng) -> String {
    loop {
        let escape = match rng.random_bool(0.3) {
            true => Escape::Backtick,
            false => Escape::Backslash,
        };
        let fields: Vec<_> = (0..rng.random_range(1..3))
            .map(|_| (&FIELDS[rng.random_range(0..FIELDS.len())], text(rng)))
            .collect();
        let mut stage = Stage::scratch();
        stage.env("BEFORE", "1");
        for (field, text) in &fields {
            (field.set)(&mut stage, text);
        }
        stage.env("AFTER", "1");
        let mut settings = Dockerfile::settings();
        let Ok(file) = settings.escape(escape).dockerfile(&stage.build()) else {
            continue;
        };
        let rendered = file.render();
        let read = dockerfile::read(&rendered).expect("a rendered file can be read");
        let instructions = &read.stages[0].instructions;
        assert_eq!(instructions.len(), fields.len() + 2, "{rendered:?}");
        let mut environment = Environment::new(&read, Vec::new());
        for (instruction, (field, text)) in instructions[1..].iter().zip(&fields) {
            // The renderer puts this before a source that would be read as something else.
            if !text.starts_with("./") {
                assert_eq!(
                    &(field.get)(instruction, &environment),
                    text,
                    "{}",
                    field.name
                );
            }
            let _ = environment.apply(instruction);
        }
        return rendered;
    }
}

/// Any characters: ordinary, of control, of every plane, and pieces.
pub(super) fn text(rng: &mut TestRng) -> String {
    let mut text = String::new();
    for _ in 0..rng.random_range(0..8) {
        let range = match rng.random_range(0..8) {
            0 => 0..0x20,
            1 => 0x7f..0x100,
            2 => 0x100..0x3000,
            3 => 0x3000..0x11_0000,
            4 | 5 => 0x20..0x7f,
            _ => {
                text.push_str(PIECES[rng.random_range(0..PIECES.len())]);
                continue;
            }
        };
        text.extend(char::from_u32(rng.random_range(range)));
    }
    text
}
