//! A signature of a JAR.
//!
#![doc = include_str!("jarsigner.md")]

use super::draft::Draft;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Signs a JAR in place, with the key that has this alias.
pub fn sign(jar: impl Into<String>, alias: impl Into<String>) -> Sign {
    Sign {
        jar: jar.into(),
        alias: alias.into(),
    }
}

/// A signature without its key.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Sign {
    jar: String,
    alias: String,
}

masked_debug!(Sign { jar, alias });

impl Sign {
    /// Signs with a key of this key store, which the password opens.
    pub const fn keystore(self, keystore: Secret, password: Secret) -> WithKeystore {
        WithKeystore {
            sign: self,
            keystore,
            password,
        }
    }
}

/// A signature with its key.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithKeystore {
    sign: Sign,
    keystore: Secret,
    password: Secret,
}

masked_debug!(WithKeystore {
    sign,
    keystore,
    password
});

impl WithKeystore {
    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the JAR is not a path in a layer.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let mut draft = Draft::default();
        draft
            .text("jarsigner -keystore ")
            .secret("keystore", self.keystore)
            .text(" -storepass:file ")
            .secret("password", self.password)
            .text(" ")
            .path("jar", &self.sign.jar)
            .text(" ")
            .word("alias", &self.sign.alias)
            .script()
    }
}
