//! The mounts that values bring along into a script.

use crate::{LayerPath, Secret};

/// A mount that a script brings along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ScriptMount {
    /// The file of a secret: at `/run/secrets/ID`, or where `@mount` says.
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
