//! SHELL: the shell of the following instructions.
//!
//! In: a program and the arguments before the script. Out: the line.

use crate::masked_debug::masked_debug;
use crate::pen::Pen;
use crate::problem::Problems;
use crate::render::json;
use crate::text::LayerText;

/// The shell that runs scripts and commands in shell form from here on.
///
/// ```dockerfile
/// SHELL ["/bin/bash", "-o", "pipefail", "-c"]
/// ```
///
/// See [SHELL](https://docs.docker.com/reference/dockerfile/#shell).
///
/// ```
/// # use dockerfile_dsl::instructions::{Instruction, Shell};
/// let shell = Shell::new(["/bin/bash", "-c"]);
/// assert_eq!(Instruction::from(shell).to_string(), "SHELL [\"/bin/bash\", \"-c\"]");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Shell {
    pub(crate) arguments: Vec<String>,
}

masked_debug!(Shell { arguments });

impl Shell {
    pub(super) const KEYWORD: &str = "SHELL";

    /// The program and the arguments before the script.
    #[must_use]
    pub fn new<T: LayerText>(arguments: impl IntoIterator<Item = T>) -> Self {
        Self {
            arguments: arguments.into_iter().map(LayerText::into_string).collect(),
        }
    }

    pub(crate) fn arguments(&self) -> &[String] {
        &self.arguments
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        if self.arguments.is_empty() {
            problems.unwritable("SHELL needs at least a program");
        }
        if self
            .arguments
            .iter()
            .any(|argument| argument.contains('\0'))
        {
            problems.unwritable("an argument contains a NUL, which no program can receive");
        }
    }

    pub(super) fn write(&self, _: &Pen<'_>) -> String {
        format!(
            "SHELL {}",
            json::array(self.arguments.iter().map(String::as_str))
        )
    }
}
