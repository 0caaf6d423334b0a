//! Packages of a private organization of Hex.
//!
#![doc = include_str!("hex.md")]

use super::draft::Draft;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Downloads the dependencies of production: `mix deps.get --only prod`.
pub const fn deps_get() -> DepsGet {
    DepsGet
}

/// A download without its credential.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct DepsGet;

impl DepsGet {
    /// Gives Hex the key of organizations, which `mix hex.user key generate` makes.
    pub const fn key(self, key: Secret) -> WithKey {
        WithKey { key }
    }
}

/// A download with its key.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithKey {
    key: Secret,
}

masked_debug!(WithKey { key });

impl WithKey {
    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the flow analysis does not accept the script.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let mut draft = Draft::default();
        draft
            .text("HEX_REPOS_KEY=\"$(cat ")
            .secret("key", self.key)
            .text(")\" mix deps.get --only prod")
            .script()
    }
}
