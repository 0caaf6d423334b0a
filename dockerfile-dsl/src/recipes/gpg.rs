//! A signature by a private key of GnuPG.
//!
#![doc = include_str!("gpg.md")]

use super::draft::Draft;
use crate::masked_debug::masked_debug;
use crate::{Error, LayerPath, Script, Secret};

/// Signs a file; the signature is a separate file, `FILE.asc`.
pub fn detach_sign(file: impl Into<String>) -> Sign {
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
    /// Signs with the one private key of this file, which `gpg --armor --export-secret-keys` wrote.
    pub const fn key(self, key: Secret) -> WithKey {
        WithKey {
            sign: self,
            key,
            passphrase: None,
        }
    }
}

/// A signature with its key.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithKey {
    sign: Sign,
    key: Secret,
    passphrase: Option<Secret>,
}

masked_debug!(WithKey {
    sign,
    key,
    passphrase
});

impl WithKey {
    /// Sets the passphrase of the key.
    pub const fn passphrase(mut self, passphrase: Secret) -> Self {
        self.passphrase = Some(passphrase);
        self
    }

    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the file is not an absolute path in a layer, of letters, digits and `-._/+` only.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        // As text, not as a hole: the analysis has to see that it is not in the home of GnuPG.
        let file = checked_file(&self.sign.file)?;
        let mut draft = Draft::default();
        draft
            .text("export GNUPGHOME=\"$(mktemp -d)\"\ngpg --batch --quiet --import ")
            .secret("key", self.key)
            .text("\ngpg --batch --yes --armor --pinentry-mode loopback");
        if let Some(passphrase) = self.passphrase {
            draft
                .text(" --passphrase-file ")
                .secret("passphrase", passphrase);
        }
        draft
            .text(&format!(" --output {file}.asc --detach-sign -- {file}"))
            .text("\ngpgconf --kill all\nrm -rf \"$GNUPGHOME\"")
            .script()
    }
}

fn checked_file(file: &str) -> Result<&str, Error> {
    LayerPath::parse(file)?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/+".contains(&byte);
    if !file.starts_with('/') || !file.bytes().all(is_plain) {
        return Err(Error::new(format!(
            "`{}`: write an absolute path of letters, digits and `-._/+`, such as `/srv/app.tgz`",
            file.escape_debug()
        )));
    }
    Ok(file)
}
