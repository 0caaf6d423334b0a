//! ENV: environment variables, kept in the image.
//!
//! In: names and values. Out: the line, every value in double quotes.

use std::fmt;

use super::pairs;
use crate::masked_debug::Variable;
use crate::pen::Pen;
use crate::problem::Problems;
use crate::text::{LayerText, LayerValue, Text};

/// Sets environment variables of the later steps and of the container.
///
/// ```dockerfile
/// ENV PATH="/app/bin:$PATH" LANG="C.UTF-8"
/// ```
///
/// See [ENV](https://docs.docker.com/reference/dockerfile/#env).
///
/// ```
/// # use dockerfile_dsl::instructions::{Instruction, Env};
/// let env = Env::new("LANG", "C.UTF-8").and("TZ", "UTC");
/// assert_eq!(Instruction::from(env).to_string(), "ENV LANG=\"C.UTF-8\" TZ=\"UTC\"");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Env {
    pub(crate) pairs: Vec<(String, Text)>,
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs = self.pairs.iter();
        f.write_str("Env ")?;
        f.debug_list()
            .entries(pairs.map(|(name, value)| Variable(name, Some(&value.content))))
            .finish()
    }
}

impl Env {
    pub(super) const KEYWORD: &str = "ENV";

    /// A variable and its value.
    #[must_use]
    pub fn new(key: impl LayerText, value: impl LayerValue) -> Self {
        Self { pairs: Vec::new() }.and(key, value)
    }

    /// Adds a variable to the same instruction. Its value cannot refer to the ones before.
    #[must_use]
    pub fn and(mut self, key: impl LayerText, value: impl LayerValue) -> Self {
        self.pairs.push((key.into_string(), value.into_text()));
        self
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.pairs.iter().map(|(key, _)| key.as_str()).collect()
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        pairs::check("the name of a variable", &self.pairs, problems);
    }

    pub(super) fn write(&self, pen: &Pen<'_>) -> String {
        pairs::write(Self::KEYWORD, &self.pairs, pen)
    }
}
