//! Packages of a private Python index, by uv.
//!
#![doc = include_str!("uv.md")]

use super::draft::Draft;
use super::names;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Installs exactly what `uv.lock` names, without the project itself: `uv sync --locked --no-install-project`.
pub const fn sync() -> Sync {
    Sync
}

/// An installation without its credential.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Sync;

impl Sync {
    /// Gives uv a `.netrc` with the users and passwords of hosts. The file is mounted and uv is pointed at it.
    pub const fn netrc(self, netrc: Secret) -> WithCredential {
        WithCredential {
            credential: Credential::Netrc(netrc),
        }
    }

    /// Sets the user name and the password or token of an index, by its name in `pyproject.toml`.
    pub fn password(
        self,
        index: impl Into<String>,
        user: impl Into<String>,
        password: Secret,
    ) -> WithCredential {
        WithCredential {
            credential: Credential::Password {
                index: index.into(),
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
    Netrc(Secret),
    Password {
        index: String,
        user: String,
        password: Secret,
    },
}

impl WithCredential {
    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the index has other characters than letters, digits, `-` and `_`, or the user name has other characters than
    /// those of names.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let mut draft = Draft::default();
        match &self.credential {
            Credential::Netrc(netrc) => {
                draft.text("NETRC=").secret("netrc", *netrc);
            }
            Credential::Password {
                index,
                user,
                password,
            } => {
                let index = names::in_variable("index", index)?;
                let user = names::user(user)?;
                draft
                    .text(&format!("UV_INDEX_{index}_USERNAME={user} "))
                    .text(&format!("UV_INDEX_{index}_PASSWORD=\"$(cat "))
                    .secret("password", *password)
                    .text(")\"");
            }
        }
        draft
            .text(" uv sync --locked --no-install-project")
            .script()
    }
}
