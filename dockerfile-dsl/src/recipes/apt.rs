//! Debian packages of a private repository.
//!
#![doc = include_str!("apt.md")]

use super::draft::Draft;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Installs packages by their names: `apt-get install acme-client`.
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
    /// Gives apt the users and passwords of hosts, in the form of `/etc/apt/auth.conf`. The file is mounted and apt is pointed at it.
    pub const fn netrc(self, netrc: Secret) -> WithCredential {
        WithCredential {
            install: self,
            netrc,
        }
    }
}

/// An installation with its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithCredential {
    install: Install,
    netrc: Secret,
}

masked_debug!(WithCredential { install, netrc });

impl WithCredential {
    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if a package contains a character that no shell word may have.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let mut draft = Draft::default();
        for command in [" update && ", " install -y --no-install-recommends -- "] {
            draft
                .text("apt-get -o Dir::Etc::netrc=")
                .secret("netrc", self.netrc)
                .text(command);
        }
        draft.words("packages", &self.install.packages);
        draft.text(" && rm -rf /var/lib/apt/lists/*").script()
    }
}
