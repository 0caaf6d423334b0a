//! LABEL: metadata of the image.
//!
//! In: keys and values. Out: the line, every value in double quotes.

use super::pairs;
use crate::masked_debug::masked_debug;
use crate::pen::Pen;
use crate::problem::Problems;
use crate::text::{LayerText, LayerValue, Text};

/// Adds metadata to the image.
///
/// ```dockerfile
/// LABEL org.opencontainers.image.source="https://github.com/acme/app"
/// ```
///
/// See [LABEL](https://docs.docker.com/reference/dockerfile/#label).
///
/// ```
/// # use dockerfile_dsl::instructions::{Instruction, Label};
/// let label = Label::new("version", "1.4").and("team", "build");
/// assert_eq!(Instruction::from(label).to_string(), "LABEL version=\"1.4\" team=\"build\"");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Label {
    pub(crate) pairs: Vec<(String, Text)>,
}

masked_debug!(Label { pairs });

impl Label {
    pub(super) const KEYWORD: &str = "LABEL";

    /// A key and its value.
    #[must_use]
    pub fn new(key: impl LayerText, value: impl LayerValue) -> Self {
        Self { pairs: Vec::new() }.and(key, value)
    }

    /// Adds a label to the same instruction.
    #[must_use]
    pub fn and(mut self, key: impl LayerText, value: impl LayerValue) -> Self {
        self.pairs.push((key.into_string(), value.into_text()));
        self
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        pairs::check("the key of a label", &self.pairs, problems);
    }

    pub(super) fn write(&self, pen: &Pen<'_>) -> String {
        pairs::write(Self::KEYWORD, &self.pairs, pen)
    }
}
