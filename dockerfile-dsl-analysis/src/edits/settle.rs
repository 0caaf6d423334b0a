//! Applies fixes to a file until none helps: each one is kept only if its finding is gone and no new one is there.
//!
//! A fix may uncover a finding that has a fix itself (`ARG TOKEN` becomes a mount, then the URL with the token is found): they are kept
//! together or not at all. The number of findings falls with each step, so it ends, and a second run changes nothing.

use std::collections::BTreeMap;

use super::repair::{Applicability, Repair, apply};
use crate::dockerfile::File;
use crate::{Finding, Rule};

/// Max. fixes that are kept or dropped together.
const MAX_DEPTH: usize = 4;

/// A file with its findings.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The text.
    pub text: String,
    /// The text as read.
    pub file: File,
    /// Its findings.
    pub findings: Vec<Finding>,
    /// Lines that fixes added to the `.dockerignore` of its build context.
    pub ignore: Vec<String>,
}

/// A fix that was applied.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Applied {
    /// The finding, with its place before the fix.
    pub finding: Finding,
    /// Its line before the fix, from 1.
    pub line: usize,
    /// The fix.
    pub repair: Repair,
}

/// How fixes are chosen and checked.
#[expect(missing_debug_implementations, reason = "a function has none")]
pub struct Settling<'a> {
    /// The least safe fixes that are applied.
    pub applicability: Applicability,
    /// Reads and checks a text, with lines that are added to `.dockerignore`. `None` if it is no Dockerfile, or if the lines have
    /// another meaning.
    #[expect(clippy::type_complexity, reason = "it is used once")]
    pub check: &'a dyn Fn(&str, &[String]) -> Option<(File, Vec<Finding>)>,
    /// Returns the findings that are to be fixed.
    pub wanted: &'a dyn Fn(&Checked) -> Vec<Finding>,
}

/// Findings by what they are about, without their places.
type Counts = BTreeMap<(Rule, Option<String>, String), usize>;

impl Settling<'_> {
    /// Applies one fix after the other, and returns the file after them.
    #[must_use]
    pub fn settle(&self, start: Checked) -> (Checked, Vec<Applied>) {
        let mut state = (start, Vec::new());
        while let Some(next) = self.next(&state) {
            state = next;
        }
        state
    }

    /// Returns the file after the fix of one finding, and of those that it uncovers; `None` if that does not help.
    #[must_use]
    pub fn fix(&self, start: &Checked, finding: &Finding) -> Option<(Checked, Vec<Applied>)> {
        let before = counts(&start.findings);
        self.apply(start, &[], finding, &before, MAX_DEPTH)
    }

    /// Applies the first fix that helps.
    fn next(
        &self,
        (current, applied): &(Checked, Vec<Applied>),
    ) -> Option<(Checked, Vec<Applied>)> {
        let before = counts(&current.findings);
        let wanted = (self.wanted)(current);
        let mut findings = wanted.iter();
        findings.find_map(|finding| self.apply(current, applied, finding, &before, MAX_DEPTH))
    }

    /// Applies the fix of a finding, and those of the findings that it uncovers. `before` are the findings that may remain.
    fn apply(
        &self,
        current: &Checked,
        applied: &[Applied],
        finding: &Finding,
        before: &Counts,
        depth: usize,
    ) -> Option<(Checked, Vec<Applied>)> {
        let repair = super::repair(&current.file, &current.text, finding)?;
        if repair.applicability > self.applicability {
            return None;
        }
        let text = apply(&current.text, &repair.edits)?;
        let mut ignore = current.ignore.clone();
        let new_lines = repair.ignore.iter().filter(|line| !ignore.contains(line));
        let new_lines: Vec<String> = new_lines.cloned().collect();
        ignore.extend(new_lines);
        let (file, findings) = (self.check)(&text, &ignore)?;
        let after = counts(&findings);
        if count(&after, finding) >= count(&counts(&current.findings), finding) {
            return None;
        }
        let line = current.text[..finding.span.start].matches('\n').count() + 1;
        let this = Applied {
            finding: finding.clone(),
            line,
            repair,
        };
        let applied: Vec<Applied> = applied.iter().cloned().chain([this]).collect();
        let next = Checked {
            text,
            file,
            findings,
            ignore,
        };
        let is_new = |finding: &&Finding| count(&after, finding) > count(before, finding);
        let uncovered = next.findings.iter().find(is_new);
        match uncovered {
            None => (total(&after) < total(before)).then_some((next, applied)),
            Some(_) if depth == 0 => None,
            Some(first) => self.apply(&next, &applied, first, before, depth - 1),
        }
    }
}

fn key(finding: &Finding) -> (Rule, Option<String>, String) {
    (finding.rule, finding.secret.clone(), finding.sink.clone())
}

fn counts(findings: &[Finding]) -> Counts {
    findings.iter().fold(Counts::new(), |mut counts, finding| {
        *counts.entry(key(finding)).or_default() += 1;
        counts
    })
}

/// Returns how many findings are about the same as this one.
fn count(counts: &Counts, finding: &Finding) -> usize {
    counts.get(&key(finding)).copied().unwrap_or_default()
}

fn total(counts: &Counts) -> usize {
    counts.values().sum()
}
