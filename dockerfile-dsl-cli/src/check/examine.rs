//! Checks Dockerfiles, each by itself, on as many threads as there are processors.
//!
//! In: paths and the author's decisions. Out: a report per path, in the order of the paths. A file that cannot be read does not
//! stop the check of the others.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use dockerfile_dsl_analysis::{
    Finding, LineIndex, Severity,
    check::{check_file_in, many, once_per_line},
    dockerfile, masked_dockerfile,
    rules::Context,
};

use super::configuration::Configuration;
use super::file_report::{Failure, FileReport, changed};
use super::input::{Folders, Input};
use super::progress;

/// How each file is checked.
pub(super) struct Examiner<'a> {
    pub(super) configuration: &'a Configuration,
    pub(super) strict: bool,
}

impl Examiner<'_> {
    /// Checks all files.
    pub(super) fn all(&self, paths: &[PathBuf]) -> Vec<FileReport> {
        let folders = Folders::default();
        let next = AtomicUsize::new(0);
        let work = |done: &AtomicUsize| {
            let mut reports = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(path) = paths.get(index) else {
                    return reports;
                };
                reports.push((index, self.one(path, &folders)));
                done.fetch_add(1, Ordering::Relaxed);
            }
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = threads.min(paths.len()).max(1);
        let mut reports = progress::shown(paths.len(), |done| {
            std::thread::scope(|scope| {
                let start = |_| scope.spawn(|| many(|| work(done)));
                let running: Vec<_> = (0..threads).map(start).collect();
                let mut reports = Vec::new();
                for thread in running {
                    match thread.join() {
                        Ok(some) => reports.extend(some),
                        // The message of the panic was shown.
                        Err(panic) => std::panic::resume_unwind(panic),
                    }
                }
                reports
            })
        });
        reports.sort_by_key(|(index, _)| *index);
        reports.into_iter().map(|(_, report)| report).collect()
    }

    fn one(&self, path: &Path, folders: &Folders) -> FileReport {
        let mut report = FileReport::new(path);
        let input = match Input::read(path, folders) {
            Ok(input) => input,
            Err(message) => {
                report.failure = Some(Failure::Unreadable(message));
                return report;
            }
        };
        report.warnings = input.warnings;
        self.text(&mut report, &input.bytes, &input.context);
        report
    }

    /// Checks a text: the content of a file, or what it would be.
    pub(super) fn text(&self, report: &mut FileReport, bytes: &[u8], context: &Context) {
        let (text, read) = dockerfile::read_bytes(bytes);
        report.lines = LineIndex::new(&text);
        report.masked = changed(masked_dockerfile(&text));
        report.text = text;
        match read {
            Ok(mut file) => {
                let policy = self.configuration.policy();
                policy.add_notes(&mut file);
                let findings = check_file_in(&file, policy.setting(context));
                report.findings = once_per_line(findings, &report.lines);
                self.decide(report);
                report.file = Some(file);
            }
            Err(errors) => report.failure = Some(Failure::Malformed(errors)),
        }
    }

    /// Sets the level of each finding, and drops those that the configuration turns off.
    pub(super) fn decide(&self, report: &mut FileReport) {
        let findings = std::mem::take(&mut report.findings).into_iter();
        report.findings = findings
            .filter_map(|finding| self.configuration.policy().judge(finding))
            .collect();
        if self.strict {
            report.findings.iter_mut().for_each(escalate);
        }
    }
}

/// Raises the level of a finding under `--strict`.
fn escalate(finding: &mut Finding) {
    if finding.is_error_when_strict() {
        finding.severity = Severity::Error;
    }
}
