//! The files that start builds, from their bytes to their findings.
//!
//! In: the paths that were found and the reports of the Dockerfiles. Out: a report per file. A file that starts no build has no report,
//! unless it was named. Comments with a reason accept findings, as in Dockerfiles.

use std::collections::BTreeSet;
use std::path::PathBuf;

use dockerfile_dsl_analysis::dockerfile::ReadError;
use dockerfile_dsl_analysis::{Finding, LineIndex, masked};

use super::across::{self, CallerFile};
use super::caller_edits;
use super::callers;
use super::callers::model::{Callers, Carried, cleaned};
use super::discover::PossibleCaller;
use super::examine::Examiner;
use super::file_report::{Failure, FileReport, changed};
use super::input;
use super::kind::FrontEnd;

/// The files that could be read.
#[derive(Default)]
pub(super) struct Examined {
    /// For each file the index of its report.
    pub(super) indices: Vec<usize>,
    pub(super) files: Vec<CallerFile>,
    /// The paths of all files that were read.
    read: BTreeSet<PathBuf>,
}

/// Adds the reports of these files.
pub(super) fn examine(
    possible: &[PossibleCaller],
    reports: &mut Vec<FileReport>,
    examiner: &Examiner<'_>,
) -> Examined {
    let mut examined = Examined {
        read: possible.iter().map(|file| cleaned(&file.path)).collect(),
        ..Examined::default()
    };
    for file in possible {
        let mut report = FileReport::new(&file.path);
        match input::bytes(&file.path) {
            Err(message) => report.failure = Some(Failure::Unreadable(message)),
            Ok(bytes) => {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                if !file.is_named && !callers::may_build(file.front_end, &text) {
                    continue;
                }
                match read(&mut report, file.front_end, text) {
                    Err(error) => report.failure = Some(Failure::Malformed(vec![error])),
                    // A script that mentions a program is none that builds with it.
                    Ok(read) if !file.is_named && examined.is_without_builds(&read.callers) => {
                        continue;
                    }
                    Ok(read) => {
                        examined.indices.push(reports.len());
                        examined.files.push(read);
                    }
                }
            }
        }
        reports.push(report);
    }
    let found = across::compare(reports, &examined.files, &examined.read);
    for (index, findings) in examined.indices.iter().zip(found) {
        decide(&mut reports[*index], findings, examiner);
    }
    for (index, file) in examined.indices.iter().zip(&examined.files) {
        add_repairs(&mut reports[*index], file);
    }
    examined
}

impl Examined {
    fn is_without_builds(&self, callers: &Callers) -> bool {
        let mut includes = callers.includes.iter();
        callers.callers.is_empty()
            && callers.calls.is_empty()
            && !callers.is_callable
            && includes.all(|include| include.is_in(&self.read))
            && callers.unread.is_empty()
            && callers.findings.is_empty()
    }

    /// Returns the report of a file as it would be with another text, and what is read there. `None` if it would not be read.
    pub(super) fn with_text(
        &mut self,
        at: usize,
        text: String,
        reports: &[FileReport],
        examiner: &Examiner<'_>,
    ) -> Option<(FileReport, CallerFile)> {
        let path = self.files[at].path.clone();
        let mut report = FileReport::new(&path);
        let changed = read(&mut report, self.files[at].front_end, text).ok()?;
        let before = std::mem::replace(&mut self.files[at], changed);
        let findings = across::compare(reports, &self.files, &self.read).swap_remove(at);
        let changed = std::mem::replace(&mut self.files[at], before);
        decide(&mut report, findings, examiner);
        add_repairs(&mut report, &changed);
        Some((report, changed))
    }
}

/// Reads the text of a file into its report.
fn read(
    report: &mut FileReport,
    front_end: FrontEnd,
    text: String,
) -> Result<CallerFile, ReadError> {
    let path = PathBuf::from(&report.path);
    report.lines = LineIndex::new(&text);
    report.masked = changed(masked(&text));
    report.caller = Some(front_end);
    report.text = text;
    let callers = callers::read(&path, front_end, &report.text)?;
    report.masked = Some(without_values(report.shown(), &callers));
    Ok(CallerFile {
        path,
        front_end,
        callers,
    })
}

/// Sets the findings that no comment accepts, with the levels of the configuration.
fn decide(report: &mut FileReport, findings: Vec<Finding>, examiner: &Examiner<'_>) {
    report.findings = accept(report, findings);
    examiner.decide(report);
}

fn add_repairs(report: &mut FileReport, file: &CallerFile) {
    let (front_end, callers) = (file.front_end, &file.callers);
    report.repairs = caller_edits::repairs(&report.text, front_end, callers, &mut report.findings);
}

/// Covers the values of build arguments whose names mark a secret.
fn without_values(text: &str, callers: &Callers) -> String {
    let mut shown = text.to_owned();
    let arguments = callers.callers.iter().flat_map(|caller| &caller.arguments);
    for argument in arguments.filter(|argument| argument.secret == Some(Carried::Name)) {
        let rest = text.get(argument.span.start..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        let Some(separator) = line.find(['=', ':']) else {
            continue;
        };
        let value = &line[separator + 1..];
        let is_word = |character: char| !character.is_whitespace() && !"\"',".contains(character);
        let Some(start) = value.find(is_word) else {
            continue;
        };
        let end = value[start..]
            .find(|character: char| !is_word(character))
            .map_or(value.len(), |length| start + length);
        if value[start..end].contains('$') {
            continue;
        }
        let at = argument.span.start + separator + 1;
        let covered = "*".repeat(end - start);
        shown.replace_range(at + start..at + end, &covered);
    }
    shown
}

/// Removes the findings that a comment above their line accepts: `# dockerfile-dsl: allow=RULE reason=".."`.
fn accept(report: &FileReport, findings: Vec<Finding>) -> Vec<Finding> {
    let is_accepted = |finding: &Finding| {
        let line = report.lines.line(finding.span.start);
        let start = report.lines.start(line).unwrap_or(0);
        let above = report.text.get(..start).unwrap_or_default();
        let comments = above
            .lines()
            .rev()
            .map(str::trim)
            .take_while(|line| line.starts_with('#'));
        let mut notes = comments.filter_map(|line| line.split_once("dockerfile-dsl:"));
        notes.any(|(_, note)| allows(note, finding))
    };
    let mut findings = findings;
    findings.retain(|finding| !is_accepted(finding));
    findings
}

/// Whether a note names the rule of the finding, its secret or none, and a reason.
fn allows(note: &str, finding: &Finding) -> bool {
    let Some((decision, reason)) = note.split_once("reason=\"") else {
        return false;
    };
    let has_reason = reason
        .split('"')
        .next()
        .is_some_and(|text| !text.trim().is_empty());
    let mut words = decision.split_whitespace();
    let rule = format!("allow={}", finding.rule);
    let is_rule = words.next() == Some(&rule);
    let is_secret = words.all(|word| {
        let secret = word.strip_prefix("secret=");
        secret.is_some() && secret == finding.secret.as_deref()
    });
    has_reason && is_rule && is_secret
}
