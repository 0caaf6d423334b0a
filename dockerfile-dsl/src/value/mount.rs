//! Mounts that the values of a script need.

use crate::{LayerPath, Secret};

/// A mount that a value of a script needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ScriptMount {
    /// The file of a secret: at `/run/secrets/ID`, or at the target of `@mount`.
    SecretFile {
        secret: Secret,
        target: Option<String>,
    },
    /// A secret as an environment variable: `@env`.
    SecretEnv {
        secret: Secret,
        variable: String,
        reason: String,
    },
    /// A directory in memory.
    Tmpfs { target: LayerPath },
    /// A directory that outlives the build.
    Cache {
        target: LayerPath,
        id: Option<String>,
    },
}
