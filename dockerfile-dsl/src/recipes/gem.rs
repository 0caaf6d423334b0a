//! A gem of a private server.
//!
#![doc = include_str!("gem.md")]

use super::draft::Draft;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Installs a gem: `gem install`.
pub fn install(name: impl Into<String>) -> Install {
    Install {
        name: name.into(),
        version: None,
    }
}

/// An installation without its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Install {
    name: String,
    version: Option<String>,
}

masked_debug!(Install { name, version });

impl Install {
    /// Sets the version.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Gives RubyGems a `.gemrc`, which has the servers with their passwords. The file is mounted and RubyGems is pointed at it.
    pub fn gemrc(self, gemrc: Secret) -> WithGemrc {
        WithGemrc {
            install: self,
            gemrc,
        }
    }
}

/// An installation with its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithGemrc {
    install: Install,
    gemrc: Secret,
}

masked_debug!(WithGemrc { install, gemrc });

impl WithGemrc {
    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the name or the version has other characters than letters, digits and `-._`.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let mut draft = Draft::default();
        draft
            .text("GEMRC=")
            .secret("gemrc", self.gemrc)
            .text(" gem install --no-document ")
            .text(checked(&self.install.name)?);
        if let Some(version) = &self.install.version {
            draft.text(" --version ").text(checked(version)?);
        }
        draft.script()
    }
}

fn checked(word: &str) -> Result<&str, Error> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    if !word.starts_with(|first: char| first.is_ascii_alphanumeric()) || !word.bytes().all(is_plain)
    {
        return Err(Error::new(format!(
            "`{}`: write the name of a gem, such as `acme-greeting`, and a version, such as \
             `1.0.0`",
            word.escape_debug()
        )));
    }
    Ok(word)
}
