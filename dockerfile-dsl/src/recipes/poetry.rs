//! Packages of a private Python index, by poetry.
//!
#![doc = include_str!("poetry.md")]

use super::draft::Draft;
use super::names;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Installs what `poetry.lock` names, without the project itself: `poetry install --no-root`.
pub const fn install() -> Install {
    Install
}

/// An installation without its credential.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Install;

impl Install {
    /// Sets the user name and the password or token of a source, by its name in `pyproject.toml`.
    pub fn password(
        self,
        source: impl Into<String>,
        user: impl Into<String>,
        password: Secret,
    ) -> WithCredential {
        WithCredential {
            source: source.into(),
            user: user.into(),
            password,
        }
    }
}

/// An installation with its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithCredential {
    source: String,
    user: String,
    password: Secret,
}

masked_debug!(WithCredential {
    source,
    user,
    password
});

impl WithCredential {
    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the source has other characters than letters, digits, `-` and `_`, or the user name has other characters than
    /// those of names.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let source = names::in_variable("source", &self.source)?;
        let user = names::user(&self.user)?;
        let mut draft = Draft::default();
        draft
            .text(&format!("POETRY_HTTP_BASIC_{source}_USERNAME={user} "))
            .text(&format!("POETRY_HTTP_BASIC_{source}_PASSWORD=\"$(cat "))
            .secret("password", self.password)
            .text(")\" poetry install --no-interaction --no-root --no-cache")
            .script()
    }
}
