//! Artifacts of a private Maven repository.
//!
#![doc = include_str!("maven.md")]

use super::draft::Draft;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Downloads the dependencies of the project: `mvn dependency:resolve`.
pub const fn resolve() -> Goal {
    Goal {
        name: "dependency:resolve",
    }
}

/// Downloads the dependencies and the plugins of the project: `mvn dependency:go-offline`.
pub const fn go_offline() -> Goal {
    Goal {
        name: "dependency:go-offline",
    }
}

/// A goal without its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Goal {
    name: &'static str,
}

masked_debug!(Goal { name });

impl Goal {
    /// Gives Maven a `settings.xml` with the users and passwords of servers. The file is mounted and Maven is pointed at it: the image gets
    /// no file, in any home directory.
    pub const fn settings(self, settings: Secret) -> WithSettings {
        WithSettings {
            goal: self,
            settings,
        }
    }
}

/// A goal with its settings.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithSettings {
    goal: Goal,
    settings: Secret,
}

masked_debug!(WithSettings { goal, settings });

impl WithSettings {
    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the flow analysis does not accept the script.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let mut draft = Draft::default();
        draft
            .text("mvn --batch-mode --settings ")
            .secret("settings", self.settings)
            .text(&format!(" {}", self.goal.name))
            .script()
    }
}
