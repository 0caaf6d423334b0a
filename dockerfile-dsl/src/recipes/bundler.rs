//! Gems of a private server.
//!
#![doc = include_str!("bundler.md")]

use super::draft::Draft;
use super::host::Url;
use super::names;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Installs the gems of `Gemfile`: `bundle install`.
pub const fn install() -> Install {
    Install
}

/// An installation without its credential.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Install;

impl Install {
    /// Gives Bundler the user and the password or token of a gem server.
    pub fn password(
        self,
        server: impl Into<String>,
        user: impl Into<String>,
        password: Secret,
    ) -> WithCredential {
        WithCredential {
            server: server.into(),
            user: Some(user.into()),
            secret: password,
        }
    }

    /// Gives Bundler a secret that is all of what it sends to a gem server: a token, or `user:password`.
    pub fn token(self, server: impl Into<String>, token: Secret) -> WithCredential {
        WithCredential {
            server: server.into(),
            user: None,
            secret: token,
        }
    }
}

/// An installation with its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithCredential {
    server: String,
    user: Option<String>,
    secret: Secret,
}

masked_debug!(WithCredential {
    server,
    user,
    secret
});

impl WithCredential {
    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the server is not an `https` URL without a user name, or the user name has other characters than those of names.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let url = Url::parse(&self.server)?;
        let host = url.authority.split(':').next().unwrap_or_default();
        // https://bundler.io/man/bundle-config.1.html, "CONFIGURATION KEYS"
        let key = host
            .to_ascii_uppercase()
            .replace('-', "___")
            .replace('.', "__");
        let mut draft = Draft::default();
        draft.text(&format!("BUNDLE_{key}=\""));
        if let Some(user) = &self.user {
            draft.text(&format!("{}:", names::user(user)?));
        }
        draft
            .text("$(cat ")
            .secret("secret", self.secret)
            .text(")\" bundle install")
            .script()
    }
}
