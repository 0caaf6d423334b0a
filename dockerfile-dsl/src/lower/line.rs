//! Splits one instruction into lines of valid length.

use crate::problem::Problems;
use crate::render::lines;

/// Returns the instruction, continued on further lines if it is long.
pub(super) fn folded(line: &str, escape: char, problems: &mut Problems) -> String {
    lines::fold(line, escape).unwrap_or_else(|| {
        problems.unwritable(
            "the instruction is longer than the max. length of a line, and it contains no place to \
             cut",
        );
        String::new()
    })
}
