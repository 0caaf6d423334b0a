//! LABEL: what is said about the image.
//!
//! In: keys and values. Out: the line, every value in double quotes.

use crate::problem::Problems;
use crate::render::{self, Pen};
use crate::text::{LayerText, LayerValue, Text};

/// Describes the image.
///
/// ```dockerfile
/// LABEL org.opencontainers.image.source="https://github.com/acme/app"
/// ```
///
/// See [LABEL](https://docs.docker.com/reference/dockerfile/#label).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub(crate) pairs: Vec<(String, Text)>,
}

impl Label {
    pub(super) const KEYWORD: &str = "LABEL";

    /// A key and its value.
    #[must_use]
    pub fn new(key: impl LayerText, value: impl LayerValue) -> Self {
        Self { pairs: Vec::new() }.and(key, value)
    }

    /// One more in the same instruction.
    #[must_use]
    pub fn and(mut self, key: impl LayerText, value: impl LayerValue) -> Self {
        self.pairs.push((key.into_string(), value.into_text()));
        self
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        for (key, value) in &self.pairs {
            problems.line("the key of a label", key);
            if key.is_empty() || key.contains('=') {
                problems.unwritable("the key of a label may not be empty, nor hold a `=`");
            }
            problems.word(
                &format!("the value of `{}`", key.escape_debug()),
                value,
                |_| Ok(()),
            );
        }
    }

    pub(super) fn write(&self, pen: &Pen<'_>) -> String {
        let pairs: Vec<String> = self
            .pairs
            .iter()
            .map(|(key, value)| format!("{}={}", pen.word(&Text::literal(key)), pen.quoted(value)))
            .collect();
        render::instruction(Self::KEYWORD, &[], &pairs.join(" "))
    }
}
