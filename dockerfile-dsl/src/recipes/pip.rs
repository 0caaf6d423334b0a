//! Packages of a private Python index.
//!
#![doc = include_str!("pip.md")]

use super::draft::Draft;
use super::host::Url;
use super::names;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Installs packages by their names: `pip install acme-client==1.0`.
pub fn install<T: Into<String>>(packages: impl IntoIterator<Item = T>) -> Install {
    Install {
        packages: Packages::Named(packages.into_iter().map(Into::into).collect()),
    }
}

/// Installs the packages that a file lists: `pip install -r requirements.txt`.
pub fn requirements(file: impl Into<String>) -> Install {
    Install {
        packages: Packages::Listed(file.into()),
    }
}

/// An installation without its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Install {
    packages: Packages,
}

masked_debug!(Install { packages });

#[derive(Debug, Clone, PartialEq, Eq)]
enum Packages {
    Named(Vec<String>),
    Listed(String),
}

impl Install {
    /// Gives pip a `.netrc` with the users and passwords of hosts. The file is mounted and pip is pointed at it.
    pub const fn netrc(self, netrc: Secret) -> WithCredential {
        WithCredential {
            install: self,
            credential: Credential::Netrc(netrc),
            index: None,
        }
    }

    /// Gives pip an index, from which all packages come, with a user name and its password or token.
    pub fn password(
        self,
        index: impl Into<String>,
        user: impl Into<String>,
        password: Secret,
    ) -> WithCredential {
        WithCredential {
            install: self,
            credential: Credential::Password {
                user: user.into(),
                password,
            },
            index: Some(index.into()),
        }
    }
}

/// An installation with its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithCredential {
    install: Install,
    credential: Credential,
    index: Option<String>,
}

masked_debug!(WithCredential {
    install,
    credential,
    index
});

#[derive(Debug, Clone, PartialEq, Eq)]
enum Credential {
    Netrc(Secret),
    Password { user: String, password: Secret },
}

impl WithCredential {
    /// Sets the index from which all packages come, instead of PyPI.
    pub fn index(mut self, url: impl Into<String>) -> Self {
        self.index = Some(url.into());
        self
    }

    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the index is not an `https` URL without a user name, or the user name has other characters than those of names.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let index = self.index.as_deref().map(Url::parse).transpose()?;
        let index = index.map(|url| Ok((url.clone(), url.with_slash()?)));
        let index = index.transpose()?;
        let mut draft = Draft::default();
        match (&self.credential, &index) {
            (Credential::Netrc(netrc), index) => {
                if let Some((_, url)) = index {
                    draft.text(&format!("PIP_INDEX_URL={url} "));
                }
                draft.text("NETRC=").secret("netrc", *netrc);
            }
            (Credential::Password { user, password }, Some((url, whole))) => {
                let user = names::user(user)?;
                let rest = &whole[url.scheme.len() + "://".len()..];
                draft
                    .text(&format!("PIP_INDEX_URL=\"{}://{user}:$(cat ", url.scheme))
                    .secret("password", *password)
                    .text(&format!(")@{rest}\""));
            }
            (Credential::Password { .. }, None) => {}
        }
        draft.text(" pip install --no-input --no-cache-dir ");
        match &self.install.packages {
            Packages::Named(packages) => draft.text("-- ").words("packages", packages),
            Packages::Listed(file) => draft.text("-r ").path("file", file),
        };
        draft.script()
    }
}
