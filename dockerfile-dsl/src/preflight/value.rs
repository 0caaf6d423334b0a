//! The value of a secret in memory.
//!
//! In: a secret. Out: its bytes in memory that is wiped on drop, or why they are missing. Invariant: a value has no `Display`,
//! and its `Debug` shows its length only.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use zeroize::Zeroizing;

use super::command;
use super::environment::Environment;
use super::limits::{SECRET_LIMIT, read_to_capacity};
use super::missing::Missing;
use crate::{Secret, SecretSource};

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes of a value.
pub(crate) struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the basic authentication header with this value as the password.
    pub(crate) fn header(&self, user: &str) -> Self {
        let plain = Zeroizing::new([user.as_bytes(), b":", self.bytes()].concat());
        let mut header = Zeroizing::new(Vec::with_capacity(6 + plain.len().div_ceil(3) * 4));
        header.extend_from_slice(b"Basic ");
        for group in plain.chunks(3) {
            let bits = group
                .iter()
                .zip([16, 8, 0])
                .fold(0_u32, |bits, (byte, shift)| {
                    bits | u32::from(*byte) << shift
                });
            for (place, shift) in [18, 12, 6, 0].into_iter().enumerate() {
                let digit = BASE64[(bits >> shift & 63) as usize];
                header.push(if place > group.len() { b'=' } else { digit });
            }
        }
        Self(header)
    }

    #[cfg(test)]
    pub(crate) fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretBytes({} bytes)", self.0.len())
    }
}

/// Reads the value; `None` if reading would consume it: a pipe can be read once, by the build.
pub(super) fn read(
    secret: Secret,
    environment: &Environment<'_>,
) -> Result<Option<SecretBytes>, Missing> {
    let mut value = match secret.source() {
        SecretSource::Env(name) => {
            let value = (environment.variable)(name).ok_or(Missing::Absent)?;
            SecretBytes(Zeroizing::new(value.into_encoded_bytes()))
        }
        SecretSource::File(path) => match read_file(path, secret.is_handed_over(), environment)? {
            Some(value) => value,
            None => return Ok(None),
        },
        SecretSource::Command(command) => SecretBytes(command::output(command, environment)?),
    };
    if secret.is_trimmed() || secret.user().is_some() {
        let end = value
            .0
            .iter()
            .rposition(|byte| !matches!(byte, b'\n' | b'\r'));
        value.0.truncate(end.map_or(0, |last| last + 1));
    }
    match value.bytes().len() {
        0 => Err(Missing::Empty),
        length if length > SECRET_LIMIT => Err(Missing::TooLarge),
        _ => Ok(Some(value)),
    }
}

/// Reads a file; `None` for a pipe, unless this program has to read it.
fn read_file(
    path: &str,
    is_ours: bool,
    environment: &Environment<'_>,
) -> Result<Option<SecretBytes>, Missing> {
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
    if !metadata.is_file() && !is_ours {
        return Ok(None);
    }
    let file = File::open(&path).map_err(failed)?;
    // Reserves enough capacity at once: a growing buffer would leave the value in freed memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(SECRET_LIMIT + 1));
    let limit = u64::try_from(SECRET_LIMIT + 1).unwrap_or(u64::MAX);
    read_to_capacity(file.take(limit), &mut bytes).map_err(failed)?;
    Ok(Some(SecretBytes(bytes)))
}
