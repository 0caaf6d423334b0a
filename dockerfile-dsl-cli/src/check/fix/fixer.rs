//! What is wanted of the fixes, and how much was fixed.

use dockerfile_dsl_analysis::edits::Applicability;

use super::super::baseline::Filter;
use super::super::examine::Examiner;
use crate::output;

/// Which fixes are wanted, and what happens with them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// The least safe ones.
    pub(crate) applicability: Applicability,
    /// Whether the changes are shown instead of written.
    pub(crate) is_diff: bool,
}

/// What decides about fixes.
#[derive(Clone, Copy)]
pub(crate) struct Fixer<'a> {
    pub(crate) examiner: &'a Examiner<'a>,
    /// The findings that stay.
    pub(crate) baseline: Option<&'a Filter>,
    pub(crate) wanted: Wanted,
}

/// How much was fixed.
#[derive(Debug, Default)]
pub(super) struct Applied {
    fixes: usize,
    files: usize,
}

impl Applied {
    pub(super) fn add(&mut self, fixes: usize) {
        self.fixes += fixes;
        self.files += usize::from(fixes > 0);
    }

    pub(super) fn tell(&self, wanted: Wanted) {
        let plural = |count: usize, word: &str, end: &str| match count {
            1 => format!("1 {word}"),
            _ => format!("{count} {word}{end}"),
        };
        let verb = if wanted.is_diff {
            "would apply"
        } else {
            "applied"
        };
        output::tell(&format!(
            "{verb} {} in {}\n",
            plural(self.fixes, "fix", "es"),
            plural(self.files, "file", "s")
        ));
    }
}
