//! The values that a build gets, each read once: a command may print a different token at each call.
//!
//! In: a [`BuildCommand`]. Out: by id, the value or why it is missing. Preflight, the transfer to the builder and the search of
//! the image all use it, so that they see the same bytes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::environment::Environment;
use super::missing::Missing;
use super::value::{self, SecretBytes};
use crate::{BuildCommand, Error, Secret, SecretSource, facts::BuildSecret};

/// A value; `None` if it is a pipe, which only the builder may read.
pub(crate) type Read = Result<Option<Arc<SecretBytes>>, Missing>;

/// Values by their id on the command line.
#[derive(Debug, Default)]
pub(crate) struct Given(BTreeMap<String, Read>);

impl Given {
    /// Reads each secret of the file; a command runs only if the target needs its secret.
    pub(crate) fn read(
        command: &BuildCommand,
        environment: &Environment<'_>,
    ) -> Result<Self, Error> {
        let needed: Vec<&str> = command
            .needed_secrets()?
            .iter()
            .map(|secret| secret.id())
            .collect();
        let mut given = Self::default();
        let mut known: Vec<(Secret, Read)> = Vec::new();
        for secret in command.dockerfile().secrets() {
            let is_command = matches!(secret.source(), SecretSource::Command(_));
            if is_command && !needed.contains(&secret.id()) {
                continue;
            }
            let is_same = |other: &Secret| {
                (other.source(), other.is_trimmed())
                    == (secret.source(), secret.secret().is_trimmed())
            };
            let read = match known.iter().find(|(other, _)| is_same(other)) {
                Some((_, read)) => read.clone(),
                None => {
                    let read = value::read(secret.secret(), environment);
                    let read = read.map(|value| value.map(Arc::new));
                    known.push((secret.secret(), read.clone()));
                    read
                }
            };
            given.0.insert(secret.id().to_owned(), read);
        }
        Ok(given)
    }

    /// Returns the value of a secret; `None` if this build does not need it, so that it was not read.
    pub(crate) fn of(&self, secret: &BuildSecret) -> Option<&Read> {
        self.0.get(secret.id())
    }

    /// Whether the build runs without it: it is optional and missing.
    pub(crate) fn is_absent(&self, secret: &BuildSecret) -> bool {
        let read = self.of(secret);
        !secret.is_required()
            && read.is_some_and(|read| read.as_ref().is_err_and(Missing::is_absent))
    }
}
