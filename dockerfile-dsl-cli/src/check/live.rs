//! Checks the text of an editor, which may differ from the file on disk.
//!
//! In: a text, and the path of its file if it has one. Out: the text as read with its findings, or the errors of a text that is not a
//! valid Dockerfile. The build context is that of the folder on disk.

use std::path::Path;

use dockerfile_dsl_analysis::edits::Checked;
use dockerfile_dsl_analysis::{Finding, dockerfile};

use super::configuration::Configuration;
use super::examine::Examiner;
use super::file_report::{Failure, FileReport};
use super::input::{Folders, context_of};

/// The author's decisions, loaded once.
#[derive(Default)]
pub(crate) struct Checker {
    configuration: Configuration,
    strict: bool,
}

impl Checker {
    /// Loads the configuration: the file at `path`, or the nearest one.
    pub(crate) fn load(path: Option<&Path>, strict: bool) -> Result<Self, String> {
        Ok(Self {
            configuration: Configuration::load(path)?,
            strict,
        })
    }

    /// Checks a text.
    pub(crate) fn check(
        &self,
        path: Option<&Path>,
        text: &str,
    ) -> Result<Checked, Vec<dockerfile::ReadError>> {
        let examiner = Examiner {
            configuration: &self.configuration,
            strict: self.strict,
        };
        let context = path.map(|path| context_of(path, &Folders::default(), &mut Vec::new()));
        let mut report = FileReport::new(path.unwrap_or(Path::new("-")));
        examiner.text(&mut report, text.as_bytes(), &context.unwrap_or_default());
        match (report.file, report.failure) {
            (Some(file), None) => Ok(Checked {
                text: report.text,
                file,
                findings: report.findings,
                ignore: Vec::new(),
            }),
            (_, Some(Failure::Malformed(errors))) => Err(errors),
            _ => Err(Vec::new()),
        }
    }

    /// Checks a text with a fix that needs no line of `.dockerignore`.
    pub(crate) fn check_fixed(
        &self,
        path: Option<&Path>,
        text: &str,
        ignore: &[String],
    ) -> Option<(dockerfile::File, Vec<Finding>)> {
        if !ignore.is_empty() {
            return None;
        }
        let checked = self.check(path, text).ok()?;
        Some((checked.file, checked.findings))
    }
}
