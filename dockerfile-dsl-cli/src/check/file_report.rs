//! The results of one file, for every output format.

use std::borrow::Cow;
use std::path::Path;

use dockerfile_dsl_analysis::edits::{self, Repair};
use dockerfile_dsl_analysis::{Finding, LineIndex, Severity, dockerfile, masked_dockerfile};

use super::caller_edits::Repairs;
use super::kind::FrontEnd;
use crate::status::Status;

/// The fixes of one file as edits of its text.
pub(super) enum ReportRepairs<'a> {
    Dockerfile(edits::Repairs<'a>),
    Caller(&'a Repairs),
}

impl ReportRepairs<'_> {
    /// Returns the fix of a finding.
    pub(super) fn of(&self, finding: &Finding) -> Option<Repair> {
        match self {
            Self::Dockerfile(repairs) => repairs.of(finding),
            Self::Caller(repairs) => repairs.of(finding).cloned(),
        }
    }
}

/// The findings of one file, or the reason why it has none.
pub(crate) struct FileReport {
    /// Path as given.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) lines: LineIndex,
    /// The syntax tree, if it is a Dockerfile that could be read.
    pub(super) file: Option<dockerfile::File>,
    /// What it is, if it is a file that starts builds.
    pub(super) caller: Option<FrontEnd>,
    /// Text with credentials masked, if it contains any.
    pub(super) masked: Option<String>,
    pub(super) findings: Vec<Finding>,
    /// The fixes of the findings, if it is a file that starts builds.
    pub(super) repairs: Repairs,
    /// Reason why the file could not be read.
    pub(crate) failure: Option<Failure>,
    /// Whether its fixes could not be written.
    pub(super) is_unfixed: bool,
    /// What was ignored while it was read.
    pub(super) warnings: Vec<String>,
}

pub(crate) enum Failure {
    /// The bytes could not be read.
    Unreadable(String),
    /// The text is not a valid Dockerfile.
    Malformed(Vec<dockerfile::ReadError>),
}

/// Returns a masked text, if it differs: a long text is not kept twice.
pub(super) fn changed(masked: Cow<'_, str>) -> Option<String> {
    match masked {
        Cow::Borrowed(_) => None,
        Cow::Owned(masked) => Some(masked),
    }
}

impl FileReport {
    /// Creates the report of a file that was not read yet.
    pub(crate) fn new(path: &Path) -> Self {
        Self {
            path: path.display().to_string(),
            text: String::new(),
            lines: LineIndex::new(""),
            file: None,
            caller: None,
            masked: None,
            findings: Vec::new(),
            repairs: Repairs::default(),
            failure: None,
            is_unfixed: false,
            warnings: Vec::new(),
        }
    }

    /// Creates the report of a text without findings.
    pub(super) fn of_text(path: &Path, text: String) -> Self {
        Self {
            lines: LineIndex::new(&text),
            masked: changed(masked_dockerfile(&text)),
            text,
            ..Self::new(path)
        }
    }

    /// Returns the text as people see it, with credentials masked.
    pub(super) fn shown(&self) -> &str {
        self.masked.as_deref().unwrap_or(&self.text)
    }

    pub(super) fn status(&self) -> Status {
        let is_error = |finding: &Finding| finding.severity == Severity::Error;
        match self.failure {
            Some(_) => Status::Incomplete,
            None if self.is_unfixed => Status::Incomplete,
            None if self.findings.iter().any(is_error) => Status::Findings,
            None => Status::Clean,
        }
    }

    /// Returns the fixes of its findings.
    pub(super) fn repairs(&self) -> ReportRepairs<'_> {
        match &self.file {
            Some(file) => ReportRepairs::Dockerfile(edits::Repairs::new(file, &self.text)),
            None => ReportRepairs::Caller(&self.repairs),
        }
    }

    /// Returns line and column of an offset, both from 1, columns in characters.
    pub(super) fn position(&self, offset: usize) -> (usize, usize) {
        self.lines.position(&self.text, offset)
    }

    /// Returns why the file has no findings, in one line.
    pub(crate) fn failure_text(&self) -> Option<String> {
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
