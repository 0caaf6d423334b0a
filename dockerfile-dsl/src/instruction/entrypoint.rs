//! ENTRYPOINT: the program of the container.
//!
//! In: a command in either form. Out: the line.

use super::{CommandLine, IntoCommand};
use crate::pen::Pen;
use crate::problem::Problems;

/// The program of the container: CMD becomes its arguments.
///
/// ```dockerfile
/// ENTRYPOINT ["/usr/bin/tini", "--"]
/// ```
///
/// See [ENTRYPOINT](https://docs.docker.com/reference/dockerfile/#entrypoint).
///
/// ```
/// # use dockerfile_dsl::instructions::{Instruction, Entrypoint};
/// let entrypoint = Entrypoint::new(["/sbin/tini", "--"]);
/// assert_eq!(Instruction::from(entrypoint).to_string(), "ENTRYPOINT [\"/sbin/tini\", \"--\"]");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entrypoint {
    pub(crate) command: CommandLine,
}

impl Entrypoint {
    pub(super) const KEYWORD: &str = "ENTRYPOINT";

    /// The program and its first arguments; an empty list removes the base image's entrypoint.
    #[must_use]
    pub fn new(command: impl IntoCommand) -> Self {
        Self {
            command: command.into_command(),
        }
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        self.command.check(problems);
    }

    pub(super) fn write(&self, _: &Pen<'_>) -> String {
        format!("ENTRYPOINT {}", self.command.write_after_flags())
    }
}
