//! Crates of a private registry, and of private git repositories.
//!
#![doc = include_str!("cargo.md")]

use dockerfile_dsl_analysis::git_host;

use super::draft::Draft;
use super::host::Url;
use super::{git, names};
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret, SecretSource};

/// Downloads the crates of `Cargo.lock`, without running any of their code: `cargo fetch --locked`.
pub const fn fetch() -> Fetch {
    Fetch
}

/// A download without its credential.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Fetch;

impl Fetch {
    /// Sets the token of a registry, by its name in `.cargo/config.toml`.
    pub fn token(self, registry: impl Into<String>, token: Secret) -> WithToken {
        WithToken::default().token(registry, token)
    }

    /// Sets the token of a git host, from which crates come that `Cargo.toml` names by `git = ".."`.
    pub fn git_token(self, host: impl Into<String>, token: Secret) -> WithToken {
        WithToken::default().git_token(host, token)
    }
}

/// A download with the tokens of registries and git hosts.
#[derive(Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct WithToken {
    tokens: Vec<(String, Secret)>,
    git_tokens: Vec<(String, Secret)>,
}

masked_debug!(WithToken { tokens, git_tokens });

impl WithToken {
    /// Sets the token of one more registry.
    pub fn token(mut self, registry: impl Into<String>, token: Secret) -> Self {
        self.tokens.push((registry.into(), token));
        self
    }

    /// Sets the token of one more git host, such as `https://github.com`. cargo then calls `git`, which asks for it.
    pub fn git_token(mut self, host: impl Into<String>, token: Secret) -> Self {
        self.git_tokens.push((host.into(), token));
        self
    }

    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if a registry has other characters than letters, digits, `-` and `_`, which are all that cargo allows in its name, or
    /// a git host is not an `https` URL without a user name.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let mut draft = Draft::default();
        for (index, (registry, token)) in self.tokens.iter().enumerate() {
            let variable = names::in_variable("registry", registry)?;
            draft
                .text(&format!("CARGO_REGISTRIES_{variable}_TOKEN=\"$(cat "))
                .secret(&format!("token{index}"), *token)
                .text(")\" ");
        }
        self.git_credentials(&mut draft)?;
        draft.text("cargo fetch --locked").script()
    }

    /// Adds the configuration of git, which has a helper for each host and no other one.
    fn git_credentials(&self, draft: &mut Draft) -> Result<(), Error> {
        if self.git_tokens.is_empty() {
            return Ok(());
        }
        draft.text(&format!(
            "CARGO_NET_GIT_FETCH_WITH_CLI=true GIT_CONFIG_COUNT={} \
             GIT_CONFIG_KEY_0=credential.helper GIT_CONFIG_VALUE_0= ",
            self.git_tokens.len() + 1
        ));
        for (index, (host, token)) in self.git_tokens.iter().enumerate() {
            let (url, number) = (Url::parse(host)?, index + 1);
            let name = match token.source() {
                SecretSource::Env(variable) => variable,
                SecretSource::File(_) | SecretSource::Command(_) => token.id(),
            };
            draft.text(&format!(
                "GIT_CONFIG_KEY_{number}=credential.{}://{}.helper GIT_CONFIG_VALUE_{number}=",
                url.scheme, url.authority
            ));
            let user = git_host::user(url.authority, name);
            git::helper(draft, user, &format!("git{index}"), *token);
            draft.text(" ");
        }
        Ok(())
    }
}
