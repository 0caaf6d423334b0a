//! `check --fix`: applies the fixes of one file, or shows them as a diff.
//!
//! In: the report of a file, and which fixes are wanted. Out: the new texts of the file and of its `.dockerignore`, each fix checked again:
//! its finding is gone, and no new one is there. Then the files are replaced, all or none.

mod callers;
mod diff;
mod fixer;
mod ignore;

use std::path::Path;

use dockerfile_dsl_analysis::edits::{Applicability, CallerChange, Checked, Passed, Settling};
use dockerfile_dsl_analysis::rules::{Context, dockerignore::Dockerignore};

use super::baseline::Filter;
use super::caller_files;
use super::discover::PossibleCaller;
use super::examine::Examiner;
use super::file_report::FileReport;
use super::input::{Folders, Input};
use crate::output;
use crate::replace::Prepared;
use fixer::Applied;
pub(super) use fixer::{Fixer, Wanted};
use ignore::IgnoreFile;

impl Fixer<'_> {
    /// Fixes the Dockerfiles, then the files that start builds, which are compared with the fixed ones. Their reports are added; each
    /// report is that of the new text.
    pub(super) fn fix(&self, reports: &mut Vec<FileReport>, callers: &[PossibleCaller]) {
        let mut applied = Applied::default();
        for report in reports.iter_mut() {
            match one(report, self.examiner, self.baseline, self.wanted) {
                Ok(count) => applied.add(count),
                Err(message) => {
                    output::complain(&message);
                    report.is_unfixed = true;
                }
            }
        }
        let mut examined = caller_files::examine(callers, reports, self.examiner);
        self.callers(reports, &mut examined, &mut applied);
        applied.tell(self.wanted);
    }
}

/// Says how many findings have a fix that was not asked for. Whether it helps is known when it is applied.
pub(super) fn tell_available(reports: &[FileReport], wanted: Option<Wanted>) {
    let (mut safe, mut others) = (0, 0);
    for report in reports {
        let repairs = report.repairs();
        for finding in &report.findings {
            match repairs.of(finding).map(|repair| repair.applicability) {
                Some(applicability)
                    if wanted.is_some_and(|wanted| applicability <= wanted.applicability) => {}
                Some(Applicability::Safe) => safe += 1,
                Some(Applicability::Unsafe) => others += 1,
                Some(Applicability::Decision) | None => {}
            }
        }
    }
    let text = match (safe, others) {
        (0, 0) => return,
        (safe, 0) => format!("{safe} safe (--fix)"),
        (0, others) => format!("{others} to review (--unsafe-fixes --diff)"),
        (safe, others) => {
            format!("{safe} safe (--fix), {others} to review (--unsafe-fixes --diff)")
        }
    };
    output::tell(&format!("fixes: {text}\n"));
}

/// Fixes one file, and returns the number of fixes.
fn one(
    report: &mut FileReport,
    examiner: &Examiner<'_>,
    baseline: Option<&Filter>,
    wanted: Wanted,
) -> Result<usize, String> {
    if report.file.is_none() || report.findings.is_empty() {
        return Ok(0);
    }
    let path = Path::new(&report.path).to_owned();
    let is_stdin = report.path == "-";
    if is_stdin {
        return Err("standard input cannot be fixed: name the file".to_owned());
    }
    let input = Input::read(&path, &Folders::default())
        .map_err(|message| format!("{} {message}", output::shown(&path)))?;
    if input.bytes != report.text.as_bytes() {
        let is_text = std::str::from_utf8(&input.bytes).is_ok();
        return Err(if is_text {
            format!(
                "{} changed meanwhile and stays as it is: run it again",
                output::shown(&path)
            )
        } else {
            format!("{} is not UTF-8 and stays as it is", output::shown(&path))
        });
    }
    let ignore = IgnoreFile::of(&path)?;
    let check = |text: &str, lines: &[String]| {
        let ignore = ignore.with(lines)?;
        let report = examined(examiner, &path, text, &input.context, &ignore);
        Some((report.file?, report.findings))
    };
    let wanted_findings = |checked: &Checked| match baseline {
        None => checked.findings.clone(),
        Some(baseline) => baseline.unknown(&as_report(&path, checked)),
    };
    let settling = Settling {
        applicability: wanted.applicability,
        check: &check,
        wanted: &wanted_findings,
    };
    let Some((file, findings)) = check(&report.text, &[]) else {
        return Ok(0);
    };
    let (after, applied) = settling.settle(Checked {
        text: report.text.clone(),
        file,
        findings,
        ignore: Vec::new(),
    });
    for fix in &applied {
        let (rule, title) = (fix.finding.rule, &fix.repair.title);
        output::tell(&format!(
            "fix: {}:{}: {rule}: {title}\n",
            report.path, fix.line
        ));
        for caller in &fix.repair.callers {
            output::tell(&format!("note: {}\n", caller_note(caller)));
        }
    }
    let new_ignore = ignore.with(&after.ignore).unwrap_or_else(|| ignore.clone());
    let new_ignore = new_ignore.changed(&ignore);
    if wanted.is_diff {
        if after.text != report.text {
            diff::show(&report.path, Some(&report.text), &after.text)?;
        }
        if let Some(text) = new_ignore {
            diff::show(&ignore.name(), ignore.text.as_deref(), text)?;
        }
    } else {
        let mut prepared = Vec::new();
        if let Some(text) = new_ignore {
            let old = ignore.text.as_deref().map(str::as_bytes);
            prepared.push(Prepared::new(&ignore.path, old, text.as_bytes())?);
        }
        if after.text != report.text {
            let (old, new) = (report.text.as_bytes(), after.text.as_bytes());
            prepared.push(Prepared::new(&path, Some(old), new)?);
        }
        Prepared::commit(prepared)?;
    }
    if !applied.is_empty() {
        *report = as_report(&path, &after);
    }
    Ok(applied.len())
}

/// Checks what a file would be, with this `.dockerignore`.
fn examined(
    examiner: &Examiner<'_>,
    path: &Path,
    text: &str,
    context: &Context,
    ignore: &IgnoreFile,
) -> FileReport {
    let patterns = ignore.text.as_deref().unwrap_or_default();
    let context = Context {
        ignore: Dockerignore::parse(patterns).unwrap_or_default(),
        ..context.clone()
    };
    let mut report = FileReport::new(path);
    examiner.text(&mut report, text.as_bytes(), &context);
    report
}

fn as_report(path: &Path, checked: &Checked) -> FileReport {
    FileReport {
        file: Some(checked.file.clone()),
        findings: checked.findings.clone(),
        ..FileReport::of_text(path, checked.text.clone())
    }
}

/// Says what the callers of the build have to pass.
fn caller_note(caller: &CallerChange) -> String {
    let flag = caller.flag();
    match &caller.passed {
        Passed::Argument(name) => {
            format!("pass `{flag}` to the build instead of `--build-arg {name}`")
        }
        Passed::File(_) | Passed::Not => format!("pass `{flag}` to the build"),
    }
}
