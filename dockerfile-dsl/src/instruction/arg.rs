//! ARG: build arguments, of the file and of a stage.
//!
//! In: a name, and a default. Out: the line. Invariant: the name is a valid shell identifier.

use std::fmt;

use crate::masked_debug::Variable;
use crate::pen::Pen;
use crate::problem::Problems;
use crate::secret;
use crate::text::{LayerText, LayerValue, Text};

/// Declares a build argument. Its value is public: the image history keeps it.
///
/// ```dockerfile
/// ARG VERSION="1.0"
/// ```
///
/// See [ARG](https://docs.docker.com/reference/dockerfile/#arg).
///
/// ```
/// # use dockerfile_dsl::instructions::{Instruction, Arg};
/// let arg = Arg::new("NODE").default("22");
/// assert_eq!(Instruction::from(arg).to_string(), "ARG NODE=\"22\"");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Arg {
    pub(crate) name: String,
    pub(crate) default: Option<Text>,
}

impl fmt::Debug for Arg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let default = self.default.as_ref().map(|value| &*value.content);
        f.debug_tuple("Arg")
            .field(&Variable(&self.name, default))
            .finish()
    }
}

impl Arg {
    pub(super) const KEYWORD: &str = "ARG";

    /// An argument without a default; in a stage, it inherits the default of the global one of that name.
    #[must_use]
    pub fn new(name: impl LayerText) -> Self {
        Self {
            name: name.into_string(),
            default: None,
        }
    }

    /// Sets the value that is used when the command line gives none.
    #[must_use]
    pub fn default(mut self, value: impl LayerValue) -> Self {
        self.default = Some(value.into_text());
        self
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn check(&self, problems: &mut Problems) {
        if !secret::is_variable(&self.name) {
            problems.unwritable(format!(
                "invalid build argument name `{}`: write [A-Za-z_][A-Za-z0-9_]*",
                self.name.escape_debug()
            ));
        }
        if let Some(default) = &self.default {
            problems.word(&format!("the default of `{}`", self.name), default, |_| {
                Ok(())
            });
        }
    }

    pub(crate) fn write(&self, pen: &Pen<'_>) -> String {
        match &self.default {
            None => format!("ARG {}", self.name),
            Some(default) => format!("ARG {}={}", self.name, pen.quoted(default)),
        }
    }
}
