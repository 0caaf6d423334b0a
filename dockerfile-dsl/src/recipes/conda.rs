//! Packages of a private conda channel.
//!
#![doc = include_str!("conda.md")]

use super::draft::Draft;
use super::host::Url;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Installs packages by their names: `conda install acme-client=1.0`.
pub fn install<T: Into<String>>(packages: impl IntoIterator<Item = T>) -> Install {
    Install {
        packages: packages.into_iter().map(Into::into).collect(),
    }
}

/// An installation without its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Install {
    packages: Vec<String>,
}

masked_debug!(Install { packages });

impl Install {
    /// Gives conda a `.netrc` with the users and passwords of hosts. The file is mounted and conda is pointed at it.
    pub fn netrc(self, netrc: Secret) -> WithCredential {
        WithCredential {
            packages: self.packages,
            netrc,
            channels: Vec::new(),
        }
    }
}

/// An installation with its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithCredential {
    packages: Vec<String>,
    netrc: Secret,
    channels: Vec<String>,
}

masked_debug!(WithCredential {
    packages,
    netrc,
    channels
});

impl WithCredential {
    /// Adds a channel. All packages come from these channels alone; without any they come from those of the configuration.
    pub fn channel(mut self, url: impl Into<String>) -> Self {
        self.channels.push(url.into());
        self
    }

    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if a channel is not an `https` URL without a user name, or a package begins with `-`.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        if let Some(option) = self.packages.iter().find(|name| name.starts_with('-')) {
            return Err(Error::new(format!(
                "`{}`: conda would read this package as an option",
                option.escape_debug()
            )));
        }
        let mut draft = Draft::default();
        draft
            .text("NETRC=")
            .secret("netrc", self.netrc)
            .text(" conda install --yes");
        if !self.channels.is_empty() {
            draft.text(" --override-channels");
        }
        for channel in &self.channels {
            let url = Url::parse(channel)?.with_slash()?;
            draft.text(&format!(" --channel {}", url.trim_end_matches('/')));
        }
        draft.text(" ").words("packages", &self.packages).script()
    }
}
