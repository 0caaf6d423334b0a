//! Packages of a private npm registry, by bun.
//!
#![doc = include_str!("bun.md")]

use super::draft::Draft;
use super::host::Url;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Installs exactly what the lock file names, and runs no script of a package: `bun install --frozen-lockfile`.
pub const fn install() -> Install {
    Install
}

/// An installation without its credential.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Install;

impl Install {
    /// Gives bun the token of a registry, from which it takes all packages.
    pub fn token(self, registry: impl Into<String>, token: Secret) -> WithCredential {
        let registry = registry.into();
        WithCredential { registry, token }
    }
}

/// An installation with its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithCredential {
    registry: String,
    token: Secret,
}

masked_debug!(WithCredential { registry, token });

impl WithCredential {
    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the registry is not an `https` URL without a user name.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let registry = Url::parse(&self.registry)?.with_slash()?;
        let mut draft = Draft::default();
        draft
            .text(&format!(
                "BUN_CONFIG_REGISTRY={registry} BUN_CONFIG_TOKEN=\"$(cat "
            ))
            .secret("token", self.token)
            .text(")\" bun install --frozen-lockfile --ignore-scripts")
            .script()
    }
}
