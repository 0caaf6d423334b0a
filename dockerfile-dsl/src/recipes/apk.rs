//! Alpine packages of a private repository.
//!
#![doc = include_str!("apk.md")]

use super::draft::Draft;
use super::host::Url;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Installs packages by their names: `apk add acme-client`.
pub fn add<T: Into<String>>(packages: impl IntoIterator<Item = T>) -> Add {
    Add {
        packages: packages.into_iter().map(Into::into).collect(),
    }
}

/// An installation without its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Add {
    packages: Vec<String>,
}

masked_debug!(Add { packages });

impl Add {
    /// Gives apk a repository, which it uses beside those of the image, with a user name and its password or token.
    pub fn password(
        self,
        repository: impl Into<String>,
        user: impl Into<String>,
        password: Secret,
    ) -> WithCredential {
        WithCredential {
            add: self,
            repository: repository.into(),
            user: user.into(),
            password,
        }
    }
}

/// An installation with its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithCredential {
    add: Add,
    repository: String,
    user: String,
    password: Secret,
}

masked_debug!(WithCredential {
    add,
    repository,
    user,
    password
});

impl WithCredential {
    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the repository is not an `https` URL without a user name, or the user name has other characters than those of
    /// names.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let repository = Url::parse(&self.repository)?.with_slash()?;
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        if self.user.is_empty() || !self.user.bytes().all(is_name) {
            return Err(Error::new(format!(
                "the user name `{}` has other characters than letters, digits and `-._`",
                self.user.escape_debug()
            )));
        }
        let mut draft = Draft::default();
        draft
            .text(&format!("HTTP_AUTH=\"basic:*:{}:$(cat ", self.user))
            .secret("password", self.password)
            .text(")\" apk add --no-cache --repository ")
            .text(repository.trim_end_matches('/'))
            .text(" -- ")
            .words("packages", &self.add.packages)
            .script()
    }
}
