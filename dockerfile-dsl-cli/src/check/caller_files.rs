//! The files that start builds, from their bytes to their findings.
//!
//! In: the paths that were found and the reports of the Dockerfiles. Out: a report per file. A file that starts no build has no report,
//! unless it was named. Comments with a reason accept findings, as in Dockerfiles.

use dockerfile_dsl_analysis::{Finding, LineIndex, masked};

use super::across::{self, CallerFile};
use super::callers::{self, model::Callers, model::Carried};
use super::discover::PossibleCaller;
use super::file_report::{Failure, FileReport};
use super::input;

/// Adds the reports of these files.
pub(super) fn examine(possible: &[PossibleCaller], reports: &mut Vec<FileReport>) -> Vec<usize> {
    let mut files = Vec::new();
    let mut indices = Vec::new();
    for file in possible {
        let mut report = FileReport::new(&file.path);
        match input::bytes(&file.path) {
            Err(message) => report.failure = Some(Failure::Unreadable(message)),
            Ok(bytes) => {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                if !file.is_named && !callers::may_build(file.front_end, &text) {
                    continue;
                }
                let read = callers::read(&file.path, file.front_end, &text);
                report.lines = LineIndex::new(&text);
                report.shown = masked(&text).into_owned();
                report.text = text;
                match read {
                    Err(error) => report.failure = Some(Failure::Malformed(vec![error])),
                    Ok(callers) => {
                        // A script that mentions a program is none that builds with it.
                        if !file.is_named && is_without_builds(&callers) {
                            continue;
                        }
                        report.shown = without_values(&report.shown, &callers);
                        indices.push(reports.len());
                        files.push(CallerFile {
                            path: file.path.clone(),
                            front_end: file.front_end,
                            callers,
                        });
                    }
                }
            }
        }
        reports.push(report);
    }
    let found = across::compare(reports, &files);
    for (index, findings) in indices.iter().zip(found) {
        let report = &mut reports[*index];
        report.findings = findings;
        let findings = std::mem::take(&mut report.findings);
        report.findings = accept(report, findings);
    }
    indices
}

fn is_without_builds(callers: &Callers) -> bool {
    callers.callers.is_empty()
        && callers.calls.is_empty()
        && !callers.is_callable
        && callers.unread.is_empty()
        && callers.findings.is_empty()
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
