//! Reasons why a secret has no value, and their messages.
//!
//! In: a source. Out: its problem and a fix; never its content.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use super::limits::SECRET_LIMIT;
use crate::build_command::quote_command;
use crate::{Error, SecretSource, facts::BuildSecret};

/// Reason why a value is missing.
#[derive(Debug, Clone)]
pub(crate) enum Missing {
    /// The variable or file does not exist.
    Absent,
    /// The source is empty.
    Empty,
    TooLarge,
    Directory,
    NoHome,
    Unreadable(io::ErrorKind),
    Command(Failure),
}

/// Reason why a command returned no value.
#[derive(Debug, Clone)]
pub(crate) enum Failure {
    NotFound,
    NotStarted(std::io::ErrorKind),
    Status(ExitStatus),
    /// It did not exit, or a child process keeps its output open.
    TooLong(Duration),
    /// Its output contains a message for people.
    Notice,
}

impl Failure {
    pub(super) fn message(&self) -> String {
        match self {
            Self::NotFound => {
                "is not installed, or not on PATH; install it, or declare another source of the \
                 secret"
                    .to_owned()
            }
            Self::NotStarted(kind) => format!("cannot be started ({kind})"),
            Self::Status(status) => {
                format!("failed ({status}); see its error output above")
            }
            Self::TooLong(limit) => format!(
                "did not end within {} seconds; is it waiting for input on the terminal? Log in \
                 before the build",
                limit.as_secs()
            ),
            Self::Notice => "prints a warning or terminal colours on its standard output, which \
                             would become part of the value; silence it, or use an option that \
                             prints the value alone"
                .to_owned(),
        }
    }
}

impl Missing {
    /// Whether an optional secret is omitted for this reason: its source is missing, or its command returns no value.
    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent | Self::Command(_))
    }

    /// Returns the error for a required secret.
    pub(crate) fn error(&self, secret: &BuildSecret) -> Error {
        let message = self.message(&describe(secret.source()));
        Error::new(format!("secret `{}`: {message}", secret.id()))
    }

    pub(super) fn message(&self, source: &str) -> String {
        match self {
            Self::Absent if source.contains("variable") => {
                format!(
                    "{source} is not set; export it before the build, or start the build with what \
                     sets it: `op run --`, `fnox exec --`, `doppler run --`, `aws-vault exec \
                     PROFILE --`"
                )
            }
            Self::Absent => format!("{source} does not exist"),
            Self::Empty if source.contains("command") => {
                format!("{source} prints nothing, and the build would continue with an empty value")
            }
            Self::Empty => {
                format!("{source} is empty, and the build would continue with an empty value")
            }
            Self::TooLarge => {
                format!("{source} contains more than {SECRET_LIMIT} bytes, the limit of BuildKit")
            }
            Self::Directory => format!("{source} is a directory; a secret is one file"),
            Self::NoHome => {
                format!("{source} cannot be found: `~` needs the environment variable HOME")
            }
            Self::Unreadable(kind) => format!("{source} cannot be read ({kind})"),
            Self::Command(failure) => format!("{source} {}", failure.message()),
        }
    }
}

/// Describes the source: the name of a variable or a path is public.
pub(super) fn describe(source: SecretSource) -> String {
    match source {
        SecretSource::Env(name) => format!("the environment variable `{name}`"),
        SecretSource::File(path) => format!("the file `{path}`"),
        SecretSource::Command(command) => format!("the command `{}`", quote_command(command)),
    }
}
