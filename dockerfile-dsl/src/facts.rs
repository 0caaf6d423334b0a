//! What a checked Dockerfile asks of the command line that builds it: secrets, SSH agents, build arguments, stages.
//!
//! In: the instructions of the file, as they were read back. Out: plain facts, in the order of the file.
//! Invariant: each secret stands here once, under the id that the command line has to give it.

use crate::{Secret, SecretSource};

/// A secret that the Dockerfile needs: `--secret id=ID,env=..` or `--secret id=ID,src=..`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildSecret {
    pub(crate) id: String,
    pub(crate) secret: Secret,
    pub(crate) uses: Vec<SecretUse>,
}

impl BuildSecret {
    /// The id on the command line. For the implicit secrets of `ADD` it is BuildKit's name, not the secret's own id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The secret as it was declared.
    #[must_use]
    pub fn secret(&self) -> Secret {
        self.secret
    }

    /// Where its value comes from.
    #[must_use]
    pub fn source(&self) -> SecretSource {
        self.secret.source()
    }

    /// Whether some step fails without it.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.uses.iter().any(|used| used.required)
    }

    /// Each instruction that gets it, in the order of the file.
    #[must_use]
    pub fn uses(&self) -> &[SecretUse] {
        &self.uses
    }
}

/// One instruction that gets a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SecretUse {
    /// Index of the stage in [`Dockerfile::stages`](crate::Dockerfile::stages).
    pub stage: usize,
    /// Index of the instruction in its stage, without the FROM.
    pub instruction: usize,
    /// The line in the Dockerfile where the instruction starts, from 1.
    pub line: usize,
    /// In what form it gets the value.
    pub delivery: Delivery,
    /// Whether the instruction fails without the secret.
    pub required: bool,
}

/// In what form an instruction gets a secret's value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// A mounted file.
    File {
        /// The path in the container.
        target: String,
        /// The user that owns it.
        uid: u32,
        /// The group that owns it.
        gid: u32,
        /// Its permissions.
        mode: u32,
        /// The user of the step, as the last `USER` of the stage says it; `None` is the base image's, usually root.
        user: Option<String>,
    },
    /// An environment variable of the step.
    Env {
        /// Its name.
        variable: String,
    },
    /// A header of the request that BuildKit itself makes for an `ADD`.
    Header,
}

/// A build argument that the Dockerfile declares: `--build-arg NAME=..`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildArgument {
    pub(crate) name: String,
    pub(crate) default: Option<String>,
}

impl BuildArgument {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first default in the file, as it is written there.
    #[must_use]
    pub fn default(&self) -> Option<&str> {
        self.default.as_deref()
    }
}

/// A stage of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageFacts {
    pub(crate) name: Option<String>,
    pub(crate) uses_secrets: bool,
}

impl StageFacts {
    /// The name in the file, for `--target` and `--no-cache-filter`.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Whether one of its own instructions gets a secret.
    #[must_use]
    pub fn uses_secrets(&self) -> bool {
        self.uses_secrets
    }
}
