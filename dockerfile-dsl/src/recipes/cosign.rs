//! A signature by a key of Cosign.
//!
#![doc = include_str!("cosign.md")]

use super::draft::Draft;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Signs a file; the signature is a separate file, `FILE.sig`.
pub fn sign_blob(file: impl Into<String>) -> Sign {
    Sign { file: file.into() }
}

/// A signature without its key.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Sign {
    file: String,
}

masked_debug!(Sign { file });

impl Sign {
    /// Signs with a key, which `cosign generate-key-pair` made, and its password.
    pub const fn key(self, key: Secret, password: Secret) -> WithKey {
        WithKey {
            sign: self,
            key,
            password,
        }
    }
}

/// A signature with its key.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithKey {
    sign: Sign,
    key: Secret,
    password: Secret,
}

masked_debug!(WithKey {
    sign,
    key,
    password
});

impl WithKey {
    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the file is not a path in a layer.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let mut draft = Draft::default();
        draft
            .text("COSIGN_PASSWORD=\"$(cat ")
            .secret("password", self.password)
            .text(")\" cosign sign-blob --yes --tlog-upload=false --key ")
            .secret("key", self.key)
            .text(" --output-signature ")
            .path("signature", &format!("{}.sig", self.sign.file))
            .text(" ")
            .path("file", &self.sign.file)
            .script()
    }
}
