//! One instruction on lines that are not too long.

use crate::problem::Problems;
use crate::render::lines;

/// The instruction, continued on further lines where it is long.
pub(super) fn folded(line: &str, escape: char, problems: &mut Problems) -> String {
    lines::fold(line, escape).unwrap_or_else(|| {
        problems.unwritable(
            "the instruction is longer than a line can be, and there is no place where it can be \
             cut",
        );
        String::new()
    })
}
