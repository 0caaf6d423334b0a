//! Crates of a private registry.
//!
#![doc = include_str!("cargo.md")]

use super::draft::Draft;
use crate::{Error, Script, Secret};

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
        WithToken { tokens: Vec::new() }.token(registry, token)
    }
}

/// A download with the tokens of registries.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct WithToken {
    tokens: Vec<(String, Secret)>,
}

impl WithToken {
    /// Sets the token of one more registry.
    pub fn token(mut self, registry: impl Into<String>, token: Secret) -> Self {
        self.tokens.push((registry.into(), token));
        self
    }

    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if a registry has other characters than letters, digits, `-` and `_`, which are all that cargo allows in its name.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let mut draft = Draft::default();
        for (index, (registry, token)) in self.tokens.iter().enumerate() {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            if registry.is_empty() || !registry.bytes().all(is_plain) {
                return Err(Error::new(format!(
                    "the registry `{}` has other characters than letters, digits, `-` and `_`",
                    registry.escape_debug()
                )));
            }
            let variable = registry.to_ascii_uppercase().replace('-', "_");
            draft
                .text(&format!("CARGO_REGISTRIES_{variable}_TOKEN=\"$(cat "))
                .secret(&format!("token{index}"), *token)
                .text(")\" ");
        }
        draft.text("cargo fetch --locked").script()
    }
}
