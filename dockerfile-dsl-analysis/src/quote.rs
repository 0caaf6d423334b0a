//! Quotes a public value so that a shell reads it as one word, unchanged.
//!
//! In: a value and the kind of its place. Out: its text for that place, or an error if no quoting preserves it. The parser rejects holes at
//! places where even quoted text has another meaning.

use std::borrow::Cow;
use std::fmt;

use crate::holes::Quote;
use crate::shell::is_reserved;

/// Quotes `value` for a place of the kind `place`.
///
/// In a here-document the caller must check that no line becomes equal to the delimiter.
///
/// # Errors
///
/// If the value contains a NUL, or if the place has no safe quoting.
pub fn quote(value: &str, place: Quote) -> Result<Cow<'_, str>, QuoteError> {
    if value.contains('\0') {
        return Err(QuoteError(Reason::Nul));
    }
    match place {
        Quote::Bare => Ok(bare(value)),
        Quote::Double => Ok(escaped(value, &['"', '$', '`', '\\'])),
        Quote::Nested => Ok(Cow::Owned(nested(value))),
        Quote::HereDocument => Ok(escaped(value, &['$', '`', '\\'])),
        Quote::Single => Ok(inside_single(value)),
        Quote::Verbatim => Ok(Cow::Borrowed(value)),
        Quote::Refused => Err(QuoteError(Reason::Place)),
    }
}

/// Quotes `value` as one word of a POSIX shell's command line.
///
/// # Errors
///
/// If the value contains a NUL.
pub fn single_word(value: &str) -> Result<Cow<'_, str>, QuoteError> {
    quote(value, Quote::Bare)
}

fn bare(value: &str) -> Cow<'_, str> {
    // Without `=`, `,` and `~`: next to other text they could form an assignment, a brace expansion or a tilde expansion.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_./:@%+-".contains(&byte);
    if !value.is_empty() && value.bytes().all(is_plain) && !is_reserved(value) {
        Cow::Borrowed(value)
    } else {
        Cow::Owned(format!("'{}'", inside_single(value)))
    }
}

/// Quotes a value inside `${..}`. bash parses `<(` there as a process substitution even in quotes, so the two characters are separated.
#[must_use]
pub fn nested(value: &str) -> String {
    let escaped = escaped(value, &['"', '$', '`', '\\']);
    format!(
        "\"{}\"",
        escaped.replace("<(", "<\"\"(").replace(">(", ">\"\"(")
    )
}

fn inside_single(value: &str) -> Cow<'_, str> {
    if value.contains('\'') {
        Cow::Owned(value.replace('\'', r"'\''"))
    } else {
        Cow::Borrowed(value)
    }
}

fn escaped<'a>(value: &'a str, special: &[char]) -> Cow<'a, str> {
    if !value.contains(special) {
        return Cow::Borrowed(value);
    }
    let mut text = String::with_capacity(value.len() + 8);
    for character in value.chars() {
        if special.contains(&character) {
            text.push('\\');
        }
        text.push(character);
    }
    Cow::Owned(text)
}

/// Why a value cannot be quoted. Never contains the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuoteError(Reason);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Nul,
    Place,
}

impl fmt::Display for QuoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Reason::Nul => "the value holds a NUL character, which no shell script can: remove it",
            Reason::Place => {
                "no quoting is known for this place: assign the value to a variable first, and use \
                 that here"
            }
        })
    }
}

impl std::error::Error for QuoteError {}
