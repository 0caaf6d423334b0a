//! What `check` says of one file, for every form of output.

use dockerfile_dsl_analysis::{Finding, LineIndex, Severity, dockerfile};

use crate::status::Status;

/// What was found in one file, or why nothing could be.
pub(super) struct FileReport {
    /// As it was given.
    pub(super) path: String,
    pub(super) text: String,
    pub(super) lines: LineIndex,
    /// The text as people may see it.
    pub(super) shown: String,
    pub(super) findings: Vec<Finding>,
    /// The file could not be read.
    pub(super) failure: Option<Failure>,
}

pub(super) enum Failure {
    /// Not even its bytes.
    Unreadable(String),
    /// Not as a Dockerfile.
    Malformed(Vec<dockerfile::ReadError>),
}

impl FileReport {
    pub(super) fn status(&self) -> Status {
        let is_error = |finding: &Finding| finding.severity == Severity::Error;
        match self.failure {
            Some(_) => Status::Incomplete,
            None if self.findings.iter().any(is_error) => Status::Findings,
            None => Status::Clean,
        }
    }

    /// Line and column of an offset, both from 1, columns in characters.
    pub(super) fn position(&self, offset: usize) -> (usize, usize) {
        self.lines.position(&self.text, offset)
    }

    /// Why there are no findings, in one line.
    pub(super) fn failure_text(&self) -> Option<String> {
        let describe = |error: &dockerfile::ReadError| {
            let (line, column) = self.position(error.span.start);
            format!("{line}:{column}: {error}")
        };
        Some(match self.failure.as_ref()? {
            Failure::Unreadable(message) => message.clone(),
            Failure::Malformed(errors) => errors
                .iter()
                .take(20)
                .map(describe)
                .collect::<Vec<_>>()
                .join("; "),
        })
    }
}
