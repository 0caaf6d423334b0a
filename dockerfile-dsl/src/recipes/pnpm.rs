//! Packages of a private npm registry, by pnpm.
//!
#![doc = include_str!("pnpm.md")]

use super::draft::Draft;
use super::names;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Downloads the packages of the lock file into pnpm's store, without running any of their code: `pnpm fetch`.
pub const fn fetch() -> Fetch {
    Fetch
}

/// A download without its credential.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Fetch;

impl Fetch {
    /// Gives pnpm an `.npmrc`, which names the registries and has their tokens. The file is mounted and pnpm is pointed at it.
    pub const fn npmrc(self, npmrc: Secret) -> WithCredential {
        WithCredential {
            credential: Credential::File(npmrc),
        }
    }

    /// Sets the variable that the `.npmrc` of the project names in place of a token: `//npm.acme.test/:_authToken=${NPM_TOKEN}`.
    pub fn token(self, variable: impl Into<String>, token: Secret) -> WithCredential {
        let variable = variable.into();
        WithCredential {
            credential: Credential::Token { variable, token },
        }
    }
}

/// A download with its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithCredential {
    credential: Credential,
}

masked_debug!(WithCredential { credential });

#[derive(Debug, Clone, PartialEq, Eq)]
enum Credential {
    File(Secret),
    Token { variable: String, token: Secret },
}

impl WithCredential {
    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the variable has other characters than capital letters, digits and `_`.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let mut draft = Draft::default();
        match &self.credential {
            Credential::File(npmrc) => {
                draft.text("NPM_CONFIG_USERCONFIG=").secret("npmrc", *npmrc);
            }
            Credential::Token { variable, token } => {
                draft
                    .text(&format!("{}=\"$(cat ", names::variable(variable)?))
                    .secret("token", *token)
                    .text(")\"");
            }
        }
        draft.text(" pnpm fetch").script()
    }
}
