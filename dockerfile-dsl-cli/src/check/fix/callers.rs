//! Applies the fixes in files that start builds.
//!
//! In: the reports of all files, after the fixes of the Dockerfiles. Out: new texts, each fix compared again: its finding is gone, and no
//! new one is there.

use std::path::Path;

use dockerfile_dsl_analysis::edits::apply;
use dockerfile_dsl_analysis::{Finding, Rule};

use super::super::caller_edits::keeps_the_rest;
use super::super::caller_files::Examined;
use super::super::file_report::FileReport;
use super::diff;
use super::fixer::{Applied, Fixer};
use crate::output;
use crate::replace::Prepared;

impl Fixer<'_> {
    /// Fixes these files. The report of a file that is written, or shown as a diff, is that of its new text.
    pub(super) fn callers(
        &self,
        reports: &mut [FileReport],
        examined: &mut Examined,
        applied: &mut Applied,
    ) {
        for at in 0..examined.files.len() {
            let index = examined.indices[at];
            let before = reports[index].text.clone();
            let fixes = self.one_caller(reports, examined, at);
            if fixes == 0 {
                continue;
            }
            let report = &mut reports[index];
            let written = match self.wanted.is_diff {
                true => diff::show(&report.path, Some(&before), &report.text),
                false => write(report, &before),
            };
            match written {
                Ok(()) => applied.add(fixes),
                Err(message) => {
                    output::complain(&message);
                    report.is_unfixed = true;
                }
            }
        }
    }

    /// Applies the fixes of one file one after the other, until none helps. Returns their number.
    fn one_caller(&self, reports: &mut [FileReport], examined: &mut Examined, at: usize) -> usize {
        let index = examined.indices[at];
        let mut applied = 0;
        let mut tried: Vec<Key> = Vec::new();
        loop {
            let report = &reports[index];
            let unknown = match self.baseline {
                None => report.findings.clone(),
                Some(baseline) => baseline.unknown(report),
            };
            let repairs = report.repairs();
            let next = unknown.into_iter().find_map(|finding| {
                let repair = repairs.of(&finding)?;
                let is_wanted = repair.applicability <= self.wanted.applicability;
                (is_wanted && !tried.contains(&key(&finding))).then_some((finding, repair))
            });
            let Some((finding, repair)) = next else {
                return applied;
            };
            tried.push(key(&finding));
            let changed = apply(&report.text, &repair.edits)
                .and_then(|text| examined.with_text(at, text, reports, self.examiner));
            let Some((changed, file)) = changed else {
                continue;
            };
            let old = &examined.files[at];
            let keeps_the_rest = keeps_the_rest(
                old.front_end,
                &old.callers.documents,
                &file.callers.documents,
            );
            if !keeps_the_rest || !is_better(&report.findings, &changed.findings, &finding) {
                continue;
            }
            let (path, rule, title) = (&report.path, finding.rule, &repair.title);
            let line = report.lines.line(finding.span.start);
            output::tell(&format!("fix: {path}:{line}: {rule}: {title}\n"));
            reports[index] = changed;
            examined.files[at] = file;
            applied += 1;
        }
    }
}

/// Whether a finding is gone, and no new one is there.
fn is_better(before: &[Finding], after: &[Finding], fixed: &Finding) -> bool {
    let is_known = |one: &Finding| before.iter().any(|known| key(known) == key(one));
    after.len() < before.len()
        && after.iter().all(is_known)
        && !after.iter().any(|one| key(one) == key(fixed))
}

fn write(report: &FileReport, before: &str) -> Result<(), String> {
    let path = Path::new(&report.path);
    let new = report.text.as_bytes();
    Prepared::commit(vec![Prepared::new(path, Some(before.as_bytes()), new)?])
}

/// What identifies a finding while its file changes.
type Key = (Rule, Option<String>, String);

fn key(finding: &Finding) -> Key {
    // The record of a build is one finding, which names the first of its arguments.
    let message = match finding.rule {
        Rule::SecretInBuildRecord => String::new(),
        _ => finding.message.clone(),
    };
    (finding.rule, finding.secret.clone(), message)
}
