//! Results of a preflight.

use std::fmt;

use crate::Error;
use crate::error::Problem;

/// A condition with which the build works, but probably not as intended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    place: String,
    message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// Problems and warnings so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    problems: Vec<Problem>,
    warnings: Vec<Warning>,
}

impl Report {
    pub(crate) fn problem(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.problems.push(Problem {
            place: place.into(),
            message: message.into(),
            source: None,
        });
    }

    pub(super) fn warning(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.warnings.push(Warning {
            place: place.into(),
            message: message.into(),
        });
    }

    pub(super) fn finish(self) -> Result<Vec<Warning>, Error> {
        if self.problems.is_empty() {
            Ok(self.warnings)
        } else {
            Err(Error::refused(self.problems, Vec::new(), String::new()))
        }
    }
}
