//! The value of a secret, for as long as it is looked at.
//!
//! In: its source. Out: its bytes in memory that is wiped when they are dropped, or why there are none.
//! Invariant: a value cannot be displayed, and its `Debug` shows its length only.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use zeroize::Zeroizing;

use super::environment::Environment;
use crate::SecretSource;

/// BuildKit's limit of a secret, inclusive.
pub(super) const SECRET_LIMIT: usize = 500 * 1024;
/// The kernel's limit of one `NAME=VALUE`, exclusive.
pub(super) const ENVIRONMENT_LIMIT: usize = 128 * 1024;

/// The bytes of a value.
pub(super) struct Value(Zeroizing<Vec<u8>>);

/// Why there is no value.
#[derive(Debug)]
pub(super) enum Missing {
    /// No such variable or file.
    Absent,
    /// Nothing in it.
    Empty,
    TooLarge,
    Directory,
    NoHome,
    Unreadable(io::ErrorKind),
}

impl Value {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    #[cfg(test)]
    pub(super) fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({} bytes)", self.0.len())
    }
}

impl Missing {
    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    pub(super) fn message(&self, source: &str) -> String {
        match self {
            Self::Absent if source.contains("variable") => {
                format!("{source} is not set; export it before the build")
            }
            Self::Absent => format!("{source} does not exist"),
            Self::Empty => {
                format!("{source} is empty, and the build would go on with an empty value")
            }
            Self::TooLarge => format!(
                "{source} holds more than {SECRET_LIMIT} bytes, the most that BuildKit takes"
            ),
            Self::Directory => format!("{source} is a directory; a secret is one file"),
            Self::NoHome => {
                format!("{source} cannot be found: `~` needs the environment variable HOME")
            }
            Self::Unreadable(kind) => format!("{source} cannot be read ({kind})"),
        }
    }
}

/// The value, or `None` where a look would use it up: a pipe can be read once, and the build has to do that.
pub(super) fn read(
    source: SecretSource,
    environment: &Environment<'_>,
) -> Result<Option<Value>, Missing> {
    let value = match source {
        SecretSource::Env(name) => {
            let value = (environment.variable)(name).ok_or(Missing::Absent)?;
            Value(Zeroizing::new(value.into_encoded_bytes()))
        }
        SecretSource::File(path) => match read_file(path, environment)? {
            Some(value) => value,
            None => return Ok(None),
        },
    };
    match value.bytes().len() {
        0 => Err(Missing::Empty),
        length if length > SECRET_LIMIT => Err(Missing::TooLarge),
        _ => Ok(Some(value)),
    }
}

fn read_file(path: &str, environment: &Environment<'_>) -> Result<Option<Value>, Missing> {
    let path = match path.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => {
            let mut whole = environment.home.clone().ok_or(Missing::NoHome)?;
            whole.push(rest);
            PathBuf::from(whole)
        }
        _ => PathBuf::from(path),
    };
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Missing::Absent,
        kind => Missing::Unreadable(kind),
    };
    let metadata = path.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(Missing::Directory);
    }
    if !metadata.is_file() {
        return Ok(None);
    }
    let file = File::open(&path).map_err(failed)?;
    // Enough room from the start: a buffer that grows leaves the value in the memory that it gives back.
    let mut bytes = Zeroizing::new(Vec::with_capacity(SECRET_LIMIT + 1));
    let limit = u64::try_from(SECRET_LIMIT + 1).unwrap_or(u64::MAX);
    read_to_capacity(file.take(limit), &mut bytes).map_err(failed)?;
    Ok(Some(Value(bytes)))
}

/// Like `read_to_end`, into the room that is there: no copy of the value is left elsewhere.
fn read_to_capacity(mut reader: impl Read, bytes: &mut Zeroizing<Vec<u8>>) -> io::Result<()> {
    let room = bytes.capacity();
    bytes.resize(room, 0);
    let mut length = 0;
    while length < room {
        match reader.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(length);
    Ok(())
}
