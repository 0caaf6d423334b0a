//! A complete and checked Dockerfile: the only type that renders.
//!
//! In: stages ([`Dockerfile::target`]) or an existing file with its secrets. Out: the text, and what the build command needs.
//! Invariant: one that exists has passed every check, on the very text that it renders.

use crate::facts::{BuildArgument, BuildSecret, StageFacts};

/// A complete and checked Dockerfile.
#[derive(Debug, Clone)]
pub struct Dockerfile {
    text: String,
    secrets: Vec<BuildSecret>,
    ssh: Vec<String>,
    arguments: Vec<BuildArgument>,
    stages: Vec<StageFacts>,
}

impl Dockerfile {
    /// The text: the same input gives the same bytes.
    #[must_use]
    pub fn render(&self) -> String {
        self.text.clone()
    }

    /// The secrets that its instructions get, sorted by the id that they have on the command line: exactly those.
    #[must_use]
    pub fn secrets(&self) -> &[BuildSecret] {
        &self.secrets
    }

    /// The ids of the SSH agents that its instructions mount, sorted; `default` is the one without an id.
    #[must_use]
    pub fn ssh(&self) -> &[String] {
        &self.ssh
    }

    /// The build arguments that it declares, in the order of their first declaration.
    #[must_use]
    pub fn arguments(&self) -> &[BuildArgument] {
        &self.arguments
    }

    /// Its stages, in the order of the file.
    #[must_use]
    pub fn stages(&self) -> &[StageFacts] {
        &self.stages
    }
}
