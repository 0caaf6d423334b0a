//! Packages of a private npm registry, by yarn.
//!
#![doc = include_str!("yarn.md")]

use super::draft::Draft;
use super::host::Url;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Installs exactly what the lock file names, and runs no script of a package: `yarn install --immutable` of yarn 2 and later.
pub const fn install() -> Install {
    Install
}

/// The same with yarn 1: `yarn install --frozen-lockfile`.
pub const fn classic() -> Classic {
    Classic
}

/// An installation without its credential.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Install;

impl Install {
    /// Gives yarn the token of a registry, from which it takes all packages.
    pub fn token(self, registry: impl Into<String>, token: Secret) -> WithCredential {
        let registry = registry.into();
        WithCredential {
            credential: Credential::Token { registry, token },
        }
    }
}

/// An installation by yarn 1 without its credential.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Classic;

impl Classic {
    /// Gives yarn an `.npmrc`, which names the registries and has their tokens. For packages without a scope it needs `always-auth=true`.
    pub const fn npmrc(self, npmrc: Secret) -> WithCredential {
        WithCredential {
            credential: Credential::File(npmrc),
        }
    }
}

/// An installation with its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithCredential {
    credential: Credential,
}

masked_debug!(WithCredential { credential });

#[derive(Debug, Clone, PartialEq, Eq)]
enum Credential {
    File(Secret),
    Token { registry: String, token: Secret },
}

impl WithCredential {
    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the registry is not an `https` URL without a user name.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let mut draft = Draft::default();
        match &self.credential {
            Credential::File(npmrc) => {
                draft
                    .text("NPM_CONFIG_USERCONFIG=")
                    .secret("npmrc", *npmrc)
                    .text(" yarn install --frozen-lockfile --ignore-scripts --non-interactive");
            }
            Credential::Token { registry, token } => {
                let registry = Url::parse(registry)?.with_slash()?;
                draft
                    .text(&format!("YARN_NPM_REGISTRY_SERVER={registry} "))
                    .text("YARN_NPM_ALWAYS_AUTH=true YARN_NPM_AUTH_TOKEN=\"$(cat ")
                    .secret("token", *token)
                    .text(")\" yarn install --immutable --mode=skip-build");
            }
        }
        draft.script()
    }
}
