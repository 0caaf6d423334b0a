//! Scripts for tests of the code around a script.

#![allow(dead_code, reason = "each test uses some of it")]

use dockerfile_dsl::__private::{Extra, Piece, Quote};
use dockerfile_dsl::{Script, value::AnyValue};

/// A script without holes.
#[must_use]
pub(crate) fn script(text: &str) -> Script {
    Script::__assemble(&[Piece::Text(text)], &[], file!(), line!())
}

/// A script of text, one value outside quotes, and text.
#[must_use]
pub(crate) fn script_with(before: &str, value: &dyn AnyValue, after: &str) -> Script {
    let pieces = [
        Piece::Text(before),
        Piece::Hole("value", value, Quote::Bare),
        Piece::Text(after),
    ];
    Script::__assemble(&pieces, &[], file!(), line!())
}

/// A script without holes, with arguments after its text in `sh!`.
#[must_use]
pub(crate) fn script_and(text: &str, extras: &[Extra<'_>]) -> Script {
    Script::__assemble(&[Piece::Text(text)], extras, file!(), line!())
}
