//! Packages of Ubuntu Pro.
//!
#![doc = include_str!("ubuntu_pro.md")]

use super::draft::Draft;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Installs packages by their names while the image is attached to a subscription.
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
    /// Gives the client a file with the token and the services: `token: ..` and `enable_services: [..]`.
    pub const fn attach_config(self, file: Secret) -> WithCredential {
        WithCredential {
            install: self,
            file,
        }
    }
}

/// An installation with its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithCredential {
    install: Install,
    file: Secret,
}

masked_debug!(WithCredential { install, file });

impl WithCredential {
    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if a package contains a character that no shell word may have.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let mut draft = Draft::default();
        draft
            .text("apt-get update && apt-get install -y --no-install-recommends ")
            .text("ca-certificates ubuntu-pro-client \\\n&& pro attach --attach-config ")
            .secret("config", self.file)
            .text(" \\\n&& apt-get install -y --no-install-recommends -- ")
            .words("packages", &self.install.packages)
            .text(" \\\n&& pro detach --assume-yes && rm -rf /var/lib/apt/lists/*")
            .script()
    }
}
