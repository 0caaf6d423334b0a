//! Packages of a private Composer repository.
//!
#![doc = include_str!("composer.md")]

use super::draft::Draft;
use super::host::Url;
use super::names;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Installs what the lock file names: `composer install`.
pub const fn install() -> Install {
    Install
}

/// An installation without its credential.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Install;

impl Install {
    /// Gives Composer the content of an `auth.json`.
    pub const fn auth(self, auth: Secret) -> WithCredential {
        WithCredential {
            credential: Credential::Content(auth),
        }
    }

    /// Gives Composer the user and the password or token of a repository.
    pub fn password(
        self,
        repository: impl Into<String>,
        user: impl Into<String>,
        password: Secret,
    ) -> WithCredential {
        WithCredential {
            credential: Credential::Password {
                repository: repository.into(),
                user: user.into(),
                password,
            },
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
    Content(Secret),
    Password {
        repository: String,
        user: String,
        password: Secret,
    },
}

impl WithCredential {
    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the repository is not an `https` URL without a user name, or the user name has other characters than those of
    /// names.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let mut draft = Draft::default();
        draft.text("COMPOSER_AUTH=");
        match &self.credential {
            Credential::Content(auth) => {
                draft.text("\"$(cat ").secret("auth", *auth).text(")\"");
            }
            Credential::Password {
                repository,
                user,
                password,
            } => {
                let (host, user) = (Url::parse(repository)?.authority, names::user(user)?);
                draft
                    .text("'{\"http-basic\": ")
                    .text(&format!("{{\"{host}\": {{\"username\": \"{user}\", "))
                    .text("\"password\": \"'\"$(cat ")
                    .secret("password", *password)
                    .text(")\"'\"}}}'");
            }
        }
        draft
            .text(" composer install --no-interaction --no-scripts")
            .script()
    }
}
