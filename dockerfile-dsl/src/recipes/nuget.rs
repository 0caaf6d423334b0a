//! Packages of a private NuGet feed.
//!
#![doc = include_str!("nuget.md")]

use super::draft::Draft;
use super::names;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Downloads the packages of the project: `dotnet restore`.
pub const fn restore() -> Restore {
    Restore
}

/// A download without its credential.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Restore;

impl Restore {
    /// Gives dotnet a `NuGet.Config`, which names the feeds and has their passwords. The file is mounted and dotnet is pointed at it.
    pub const fn config(self, config: Secret) -> WithCredential {
        WithCredential {
            credential: Credential::File(config),
        }
    }

    /// Gives dotnet the user and the password or token of a feed, by its name in `NuGet.Config` of the project.
    pub fn password(
        self,
        source: impl Into<String>,
        user: impl Into<String>,
        password: Secret,
    ) -> WithCredential {
        WithCredential {
            credential: Credential::Password {
                source: source.into(),
                user: user.into(),
                password,
            },
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
    Password {
        source: String,
        user: String,
        password: Secret,
    },
}

impl WithCredential {
    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the feed has other characters than letters, digits and `_`, which are all that a variable has, or the user name
    /// has other characters than those of names.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let mut draft = Draft::default();
        match &self.credential {
            Credential::File(config) => {
                draft
                    .text("dotnet restore --configfile ")
                    .secret("config", *config);
            }
            Credential::Password {
                source,
                user,
                password,
            } => {
                let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
                if source.is_empty() || !source.bytes().all(is_plain) {
                    return Err(Error::new(format!(
                        "the feed `{}` has other characters than letters, digits and `_`: give it \
                         another name in `NuGet.Config`",
                        source.escape_debug()
                    )));
                }
                let user = names::user(user)?;
                draft
                    .text(&format!("NuGetPackageSourceCredentials_{source}="))
                    .text(&format!("\"Username={user};Password=$(cat "))
                    .secret("password", *password)
                    .text(")\" dotnet restore");
            }
        }
        draft.script()
    }
}
