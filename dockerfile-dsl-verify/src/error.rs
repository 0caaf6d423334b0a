//! Errors: the check failed as a whole. A partial result is a report with the verdict *incomplete*.

use std::path::Path;
use std::{fmt, io};

use dockerfile_dsl_analysis::masked;

/// The check failed: the image cannot be read, the engine failed, the arguments are invalid. Never contains a byte of a secret's
/// value: a credential in the place of a name is masked.
pub struct Error(Box<ErrorKind>);

#[derive(Debug)]
enum ErrorKind {
    Usage(String),
    Io(String, io::Error),
}

impl Error {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self(Box::new(ErrorKind::Usage(
            masked(&message.into()).into_owned(),
        )))
    }

    pub(crate) fn io(message: impl Into<String>, source: io::Error) -> Self {
        Self(Box::new(ErrorKind::Io(
            masked(&message.into()).into_owned(),
            source,
        )))
    }

    /// Adds the name of the image, if there are several.
    pub(crate) fn of(self, target: &str) -> Self {
        Self::usage(format!("{target}: {self}"))
    }

    /// Returns the error for an engine's client that cannot be started.
    pub(crate) fn no_engine(engine: &Path, source: io::Error) -> Self {
        let engine = engine.display();
        let hint = match source.kind() {
            io::ErrorKind::NotFound => {
                " (it is not installed, or not on PATH: name another engine, or give the image as \
                 an archive)"
            }
            _ => "",
        };
        Self::io(format!("cannot run {engine}{hint}"), source)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            ErrorKind::Usage(message) => f.write_str(message),
            ErrorKind::Io(message, source) => write!(f, "{message}: {source}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0 {
            ErrorKind::Usage(_) => None,
            ErrorKind::Io(_, source) => Some(source),
        }
    }
}
