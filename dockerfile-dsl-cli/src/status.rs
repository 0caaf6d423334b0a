//! Exit statuses, the same for every subcommand.

use std::process::ExitCode;

/// Result of the tool, as an exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    /// No finding of level error.
    Clean,
    /// At least one finding of level error.
    Findings,
    /// The task failed or was incomplete.
    Incomplete,
}

impl Status {
    pub(crate) const ALL: [Self; 3] = [Self::Clean, Self::Findings, Self::Incomplete];

    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Incomplete => 2,
        }
    }

    pub(crate) const fn explanation(self) -> &'static str {
        match self {
            Self::Clean => "clean: everything was examined, and nothing of level error was found",
            Self::Findings => "at least one error was found, or a value is in the image",
            Self::Incomplete => {
                "failed or incomplete: wrong arguments, or something could not be read or searched"
            }
        }
    }

    /// Renders the end of every help text.
    pub(crate) fn help() -> String {
        Self::ALL
            .iter()
            .fold("Exit status:".to_owned(), |text, status| {
                format!("{text}\n  {}  {}", status.code(), status.explanation())
            })
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status.code())
    }
}
