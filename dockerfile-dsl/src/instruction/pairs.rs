//! `KEY="value" ..`, the syntax of ENV and LABEL.
//!
//! In: keys and values. Out: problems, and the line with every value in double quotes.

use crate::pen::Pen;
use crate::problem::Problems;
use crate::render;
use crate::text::Text;

/// Checks the keys and values. `what` is the word for a key in messages.
pub(super) fn check(what: &str, pairs: &[(String, Text)], problems: &mut Problems) {
    for (key, value) in pairs {
        problems.line(what, key);
        if key.is_empty() || key.contains('=') {
            problems.unwritable(format!("{what} must not be empty or contain a `=`"));
        }
        problems.word(
            &format!("the value of `{}`", key.escape_debug()),
            value,
            |_| Ok(()),
        );
    }
}

pub(super) fn write(keyword: &str, pairs: &[(String, Text)], pen: &Pen<'_>) -> String {
    let written = pairs
        .iter()
        .map(|(key, value)| format!("{}={}", pen.word(&Text::literal(key)), pen.quoted(value)));
    render::instruction(keyword, &[], &written.collect::<Vec<_>>().join(" "))
}
