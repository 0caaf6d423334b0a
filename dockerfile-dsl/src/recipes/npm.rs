//! Packages of a private npm registry.
//!
#![doc = include_str!("npm.md")]

use super::draft::Draft;
use super::host::Url;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Installs exactly what the lock file names: `npm ci`.
pub fn ci() -> Install {
    Install::of("ci", Vec::new())
}

/// Installs packages by their names, or those of `package.json` if there are none: `npm install`.
pub fn install<T: Into<String>>(packages: impl IntoIterator<Item = T>) -> Install {
    Install::of("install", packages.into_iter().map(Into::into).collect())
}

/// An installation without its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Install {
    command: &'static str,
    packages: Vec<String>,
}

masked_debug!(Install { command, packages });

impl Install {
    const fn of(command: &'static str, packages: Vec<String>) -> Self {
        Self { command, packages }
    }

    /// Gives npm an `.npmrc`, which names the registries and has their tokens. The file is mounted and npm is pointed at it: the image gets no
    /// file, in any home directory.
    pub const fn npmrc(self, npmrc: Secret) -> WithCredential {
        WithCredential {
            install: self,
            credential: Credential::File(npmrc),
        }
    }

    /// Gives npm the token of a registry, from which it takes all packages, or those of the [`scope`](WithCredential::scope).
    pub fn token(self, registry: impl Into<String>, token: Secret) -> WithCredential {
        let registry = registry.into();
        WithCredential {
            install: self,
            credential: Credential::Token {
                registry,
                scope: None,
                token,
            },
        }
    }
}

/// An installation with its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithCredential {
    install: Install,
    credential: Credential,
}

masked_debug!(WithCredential {
    install,
    credential
});

#[derive(Debug, Clone, PartialEq, Eq)]
enum Credential {
    File(Secret),
    Token {
        registry: String,
        scope: Option<String>,
        token: Secret,
    },
}

impl WithCredential {
    /// Takes only the packages of this scope (`@acme`) from the registry of the token.
    pub fn scope(mut self, name: impl Into<String>) -> Self {
        if let Credential::Token { scope, .. } = &mut self.credential {
            *scope = Some(name.into());
        }
        self
    }

    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the registry is not an `https` URL without a user name, or the scope is not of the form `@name`.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let mut draft = Draft::default();
        match &self.credential {
            Credential::File(npmrc) => {
                draft.text("NPM_CONFIG_USERCONFIG=").secret("npmrc", *npmrc);
            }
            Credential::Token {
                registry,
                scope,
                token,
            } => {
                let url = Url::parse(registry)?;
                let registry = url.with_slash()?;
                let of_scope = match scope {
                    Some(scope) => format!("{}:", checked_scope(scope)?),
                    None => String::new(),
                };
                let (_, place) = registry.split_once(':').unwrap_or_default();
                draft
                    .text(&format!("env 'npm_config_{of_scope}registry={registry}' "))
                    .text(&format!("\"npm_config_{place}:_authToken=$(cat "))
                    .secret("token", *token)
                    .text(")\"");
            }
        }
        draft.text(" npm ").text(self.install.command);
        if !self.install.packages.is_empty() {
            draft.text(" -- ").words("packages", &self.install.packages);
        }
        draft.script()
    }
}

fn checked_scope(scope: &str) -> Result<&str, Error> {
    let name = scope.strip_prefix('@').unwrap_or_default();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_plain) {
        return Err(Error::new(format!(
            "`{}`: a scope is written `@name`",
            scope.escape_debug()
        )));
    }
    Ok(scope)
}
