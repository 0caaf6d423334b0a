//! A secret to search for: its id, its value, and the structure of its text. The value is wiped on drop, and neither `Debug` nor
//! any error shows a byte of it.

use std::fmt;
use std::io::Read;
use std::path::Path;

use dockerfile_dsl_analysis::secret_text::Format;
use zeroize::Zeroizing;

use crate::Error;
use crate::file::Opened;

/// Max. size of a value in bytes: BuildKit refuses secrets of more than 500 KiB.
pub(crate) const LARGEST: usize = 512 * 1024;

/// A secret of the build: the id, which findings name, and the value, which they never show.
///
/// ```no_run
/// use dockerfile_dsl_verify::Secret;
///
/// let token = Secret::from_env("TOKEN", "TOKEN")?;
/// let npmrc = Secret::from_file("npmrc", "/home/me/.npmrc")?;
/// let password = Secret::new("password", "correct horse")?;
/// # Ok::<(), dockerfile_dsl_verify::Error>(())
/// ```
#[derive(Clone)]
pub struct Secret {
    id: String,
    value: Zeroizing<Vec<u8>>,
    format: Option<Format>,
}

impl Secret {
    /// Creates a secret from bytes in memory.
    ///
    /// # Errors
    /// Returns an error if the value is larger than any build secret can be.
    pub fn new(id: impl Into<String>, value: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let (id, value) = (id.into(), Zeroizing::new(value.into()));
        if value.len() > LARGEST {
            return Err(Error::usage(format!(
                "the value of secret `{id}` has more than 512 KiB, the max. size of a build secret"
            )));
        }
        Ok(Self {
            id,
            value,
            format: None,
        })
    }

    /// Reads a secret from a file: `--secret id=ID,src=PATH`.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, is a directory or a FIFO without a writer, or is larger than any build secret
    /// can be.
    pub fn from_file(id: impl Into<String>, path: impl AsRef<Path>) -> Result<Self, Error> {
        let (id, path) = (id.into(), path.as_ref());
        let read = || {
            let file = Opened::new(path)?;
            if file.file().metadata()?.is_dir() {
                return Err(std::io::Error::new(
                    std::io::ErrorKind::IsADirectory,
                    "it is a directory, and a secret is the content of one file",
                ));
            }
            // The whole capacity at once: a growing buffer would leave copies in freed memory.
            let mut value = Zeroizing::new(Vec::with_capacity(LARGEST + 2));
            file.take(LARGEST as u64 + 1).read_to_end(&mut value)?;
            Ok(value)
        };
        let value = read().map_err(|error| {
            Error::io(
                format!(
                    "cannot read the source of secret `{id}`, {}",
                    path.display()
                ),
                error,
            )
        })?;
        let mut secret = Self::new(id, Vec::new())?;
        if value.len() > LARGEST {
            return Err(Error::usage(format!(
                "the value of secret `{}` has more than 512 KiB, the max. size of a build secret",
                secret.id
            )));
        }
        let name = path.file_name().and_then(|name| name.to_str());
        secret.format = name.and_then(Format::of_file);
        secret.value = value;
        Ok(secret)
    }

    /// Reads a secret from an environment variable: `--secret id=ID,env=NAME`.
    ///
    /// # Errors
    /// Returns an error if the variable is not set.
    pub fn from_env(id: impl Into<String>, name: &str) -> Result<Self, Error> {
        let id = id.into();
        let value = std::env::var_os(name).ok_or_else(|| {
            Error::usage(format!(
                "the variable {name}, source of secret `{id}`, is not set: the value given to the \
                 build is unknown"
            ))
        })?;
        Self::new(id, value.into_encoded_bytes())
    }

    /// Sets the structure of the value, if the text alone does not determine it.
    #[must_use]
    pub fn format(mut self, format: Format) -> Self {
        self.format = Some(format);
        self
    }

    /// Returns the id, as in `--secret id=ID`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn value(&self) -> &[u8] {
        &self.value
    }

    pub(crate) fn chosen_format(&self) -> Option<Format> {
        self.format
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret")
            .field("id", &self.id)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}
