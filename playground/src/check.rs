//! The findings of a text, with the fixes that help.

use dockerfile_dsl_analysis::bases::Bases;
use dockerfile_dsl_analysis::check::{Setting, check_file_in, once_per_line};
use dockerfile_dsl_analysis::dockerfile::{self, File, ReadError};
use dockerfile_dsl_analysis::edits::{
    Applicability, Applied, CallerChange, Checked, Repairs, Settling, apply,
};
use dockerfile_dsl_analysis::programs::Programs;
use dockerfile_dsl_analysis::rules::Context;
use dockerfile_dsl_analysis::suggest::{LikelySource, likely_source};
use dockerfile_dsl_analysis::{Finding, LineIndex, Severity};
use serde::Serialize;

use crate::audit::{Graph, graph};
use crate::place::{Place, Text};

/// The answer to a check.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    /// Why the text is no Dockerfile.
    unreadable: Vec<Unreadable>,
    findings: Vec<Item>,
    /// The text after all safe fixes, if there are some.
    safe: Option<Fix>,
    graph: Option<Graph>,
    /// The secrets that the build command passes.
    mounted: Vec<Mounted>,
}

/// A secret that the text mounts, and the most likely source of its value.
#[derive(Debug, Serialize)]
struct Mounted {
    id: String,
    is_file: bool,
    name: String,
}

/// A mistake that stops the reader.
#[derive(Debug, Serialize)]
struct Unreadable {
    place: Place,
    message: String,
    help: Option<String>,
}

/// A finding.
#[derive(Debug, Serialize)]
struct Item {
    rule: &'static str,
    is_error: bool,
    /// Whether it has to go before the text gets a build command.
    is_refused: bool,
    /// The id of the secret, or the name of what contains it.
    secret: String,
    place: Place,
    also: Vec<Place>,
    message: String,
    help: Option<String>,
    flow: Vec<Step>,
    fix: Option<Fix>,
    /// The text with the comment that accepts it.
    accepted: Option<String>,
}

/// A step of a secret.
#[derive(Debug, Serialize)]
struct Step {
    place: Place,
    text: String,
}

/// The text after fixes.
#[derive(Debug, Serialize)]
struct Fix {
    is_safe: bool,
    /// Number of applied fixes: one may uncover another finding.
    count: usize,
    text: String,
    /// Flags that the build command needs afterwards.
    flags: Vec<String>,
}

/// Max. findings with a fix: each one takes another check of the text. The next ones get theirs when the first are gone.
const MAX_FIXED: usize = 20;

/// Checks a text.
pub(crate) fn check(text: &str) -> Report {
    let places = Text::new(text);
    let checked = match dockerfile::read(text) {
        Ok(file) => Checked {
            findings: findings(&file, places.lines()),
            text: text.to_owned(),
            file,
            ignore: Vec::new(),
        },
        Err(errors) => {
            let unreadable = errors.into_iter().map(|error| unreadable(&places, error));
            return Report {
                unreadable: unreadable.collect(),
                ..Report::default()
            };
        }
    };
    let safe = (checked.findings.len() <= MAX_FIXED)
        .then(|| settling(Applicability::Safe).settle(checked.clone()));
    let repairs = Repairs::new(&checked.file, &checked.text);
    let items = checked.findings.iter().enumerate();
    let items = items.map(|(index, finding)| {
        let mut item = item(&places, finding);
        if index < MAX_FIXED {
            let fixed = settling(Applicability::Unsafe).fix(&checked, finding);
            item.fix = fixed.and_then(fix);
            let comment = repairs.acceptance(finding);
            item.accepted = comment.and_then(|repair| apply(&checked.text, &repair.edits));
        }
        item
    });
    let findings = items.collect();
    Report {
        findings,
        safe: safe.and_then(fix),
        mounted: checked.file.secret_ids().into_iter().map(mounted).collect(),
        graph: graph(checked.file, places.lines()),
        unreadable: Vec::new(),
    }
}

fn mounted(id: String) -> Mounted {
    let (is_file, name) = match likely_source(&id) {
        LikelySource::Variable(name) => (false, name),
        LikelySource::File(path) => (true, path.to_owned()),
    };
    Mounted { id, is_file, name }
}

fn unreadable(places: &Text<'_>, error: ReadError) -> Unreadable {
    Unreadable {
        place: places.place(error.span),
        message: error.message,
        help: error.help,
    }
}

/// Returns a finding without its fixes.
fn item(places: &Text<'_>, finding: &Finding) -> Item {
    let also = finding.also.iter().map(|span| places.place(*span));
    let flow = finding.way.iter().map(|step| Step {
        place: places.place(step.span),
        text: step.text.clone(),
    });
    Item {
        rule: finding.rule.name(),
        is_error: finding.severity == Severity::Error,
        is_refused: finding.is_refused(),
        secret: finding.secret.as_ref().unwrap_or(&finding.sink).clone(),
        place: places.place(finding.span),
        also: also.collect(),
        message: finding.message.clone(),
        help: finding.help.clone(),
        flow: flow.collect(),
        fix: None,
        accepted: None,
    }
}

/// Returns the fix of a text that was fixed.
fn fix((after, applied): (Checked, Vec<Applied>)) -> Option<Fix> {
    let repairs = || applied.iter().map(|one| &one.repair);
    let changes = repairs().flat_map(|repair| &repair.callers);
    (!applied.is_empty()).then(|| Fix {
        is_safe: repairs().all(|repair| repair.applicability == Applicability::Safe),
        count: applied.len(),
        text: after.text,
        flags: changes.map(CallerChange::flag).collect(),
    })
}

const fn settling(applicability: Applicability) -> Settling<'static> {
    Settling {
        applicability,
        check: &check_fixed,
        wanted: &|checked| checked.findings.clone(),
    }
}

/// Checks a fixed text. The page has no `.dockerignore`, so a fix that needs a line of it does not help here.
fn check_fixed(text: &str, ignore: &[String]) -> Option<(File, Vec<Finding>)> {
    if !ignore.is_empty() {
        return None;
    }
    let file = dockerfile::read(text).ok()?;
    let findings = findings(&file, &LineIndex::new(text));
    Some((file, findings))
}

fn findings(file: &File, lines: &LineIndex) -> Vec<Finding> {
    let setting = Setting {
        context: &Context::default(),
        programs: Programs::NONE,
        bases: Bases::NONE,
    };
    once_per_line(check_file_in(file, setting), lines)
}
