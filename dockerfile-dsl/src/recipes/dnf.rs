//! RPM packages of a private repository.
//!
#![doc = include_str!("dnf.md")]

use super::draft::Draft;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Installs packages by their names: `dnf install acme-client`.
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
    /// Sets a variable of the `.repo` file to the password: `ACME_PASSWORD` for the line `password=$ACME_PASSWORD`.
    pub fn password(self, variable: impl Into<String>, password: Secret) -> WithCredential {
        WithCredential {
            install: self,
            variable: variable.into(),
            password,
        }
    }
}

/// An installation with its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithCredential {
    install: Install,
    variable: String,
    password: Secret,
}

masked_debug!(WithCredential {
    install,
    variable,
    password
});

impl WithCredential {
    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the variable has other characters than letters, digits and `_`, which are all that dnf allows.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if self.variable.is_empty() || !self.variable.bytes().all(is_plain) {
            return Err(Error::new(format!(
                "the variable `{}` has other characters than letters, digits and `_`: write the \
                 name after the `$` of the `.repo` file",
                self.variable.escape_debug()
            )));
        }
        let mut draft = Draft::default();
        draft
            .text(&format!("DNF_VAR_{}=\"$(cat ", self.variable))
            .secret("password", self.password)
            .text(")\" dnf install -y -- ")
            .words("packages", &self.install.packages)
            .text(" && dnf clean all")
            .script()
    }
}
