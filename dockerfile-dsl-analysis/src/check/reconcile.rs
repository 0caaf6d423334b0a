//! Merges the verdicts of several worlds, i.e. of several assumptions about unknown base images.
//!
//! In: the findings under each assumption. Out: the findings common to all, unchanged, and the others as doubts.

use crate::bases::{Bases, Guess, named, shown};
use crate::dockerfile::{Environment, File, Kind};
use crate::report::{Fix, under_a_guess};
use crate::{Finding, Rule, Severity, Span};
use std::collections::BTreeSet;

/// Whether a script names a variable with a program's directory. Only then can it remove a file by two expressions of which each assumption
/// needs one.
pub(super) fn names_a_tool_home(file: &File) -> bool {
    file.instructions().any(|(_, _, instruction)| {
        let Kind::Run(run) = &instruction.kind else {
            return false;
        };
        let text = run.command.shell_text();
        text.is_some_and(|text| Guess::tool_homes().any(|name| text.contains(name)))
    })
}

/// The identity of a finding across worlds.
type Key<'f> = (Rule, Span, Option<&'f str>);

fn key(finding: &Finding) -> Key<'_> {
    (finding.rule, finding.span, finding.secret.as_deref())
}

/// Merges the findings of all worlds.
pub(super) fn reconcile(
    file: &File,
    bases: &Bases,
    found: Vec<Finding>,
    others: Vec<Vec<Finding>>,
) -> Vec<Finding> {
    let others: Vec<Vec<Finding>> = others
        .into_iter()
        .map(|mut findings| {
            findings.iter_mut().for_each(show);
            findings
        })
        .collect();
    let keys = |findings: &[Finding]| -> BTreeSet<(Rule, Span, Option<String>)> {
        let owned = |(rule, span, secret): Key<'_>| (rule, span, secret.map(str::to_owned));
        findings.iter().map(|finding| owned(key(finding))).collect()
    };
    let worlds: Vec<_> = std::iter::once(&found)
        .chain(&others)
        .map(|world| keys(world))
        .collect();
    let is_everywhere = |finding: &Finding| {
        let key = (finding.rule, finding.span, finding.secret.clone());
        worlds.iter().all(|world| world.contains(&key))
    };
    let mut told = worlds[0].clone();
    let mut all = Vec::new();
    for finding in found {
        all.push(if !is_everywhere(&finding) {
            doubt(file, bases, finding)
        } else if let Some(elsewhere) = others.iter().flatten().find(|other| {
            key(other) == key(&finding) && is_removed_elsewhere(file, other, &finding.sink)
        }) {
            doubt(file, bases, elsewhere.clone())
        } else {
            as_written_everywhere(finding, &others)
        });
    }
    for finding in others.into_iter().flatten() {
        let key = (finding.rule, finding.span, finding.secret.clone());
        if told.insert(key) {
            all.push(doubt(file, bases, finding));
        }
    }
    all
}

/// Names the file of a leak on every base by an expression that is right on every base: `~`, `${CARGO_HOME:-$HOME/.cargo}`.
fn as_written_everywhere(mut finding: Finding, others: &[Vec<Finding>]) -> Finding {
    let twins = others.iter().flatten();
    let mut twins =
        twins.filter(|other| key(other) == key(&finding) && !other.depends_on.is_empty());
    // A program may write several files at one place of the script.
    let Some(written) = twins.find_map(|twin| everywhere(&finding.sink, &twin.sink)) else {
        return finding;
    };
    let plain = std::mem::replace(&mut finding.sink, written);
    let steps = finding.way.iter_mut();
    let steps = steps.flat_map(|step| [Some(&mut step.text), step.path.as_mut()]);
    let fix = finding.fix.iter_mut().flat_map(Fix::paths_mut).map(Some);
    let texts = [Some(&mut finding.message), finding.help.as_mut()];
    for text in texts.into_iter().chain(steps).chain(fix).flatten() {
        *text = replaced(text, &plain, &finding.sink);
    }
    finding
}

/// Returns the expression for `plain` if the image sets nothing, and for `other` if it does.
fn everywhere(plain: &str, other: &str) -> Option<String> {
    if other.starts_with("~/") {
        return Some(other.to_owned());
    }
    let (variable, rest) = other.strip_prefix('$')?.split_once('/')?;
    let usual = plain.strip_suffix(rest)?.strip_suffix('/')?;
    let usual = usual.strip_prefix("/root/")?;
    Some(format!("${{{variable}:-$HOME/{usual}}}/{rest}"))
}

/// Replaces each whole path in the text that is equal to `path`.
fn replaced(text: &str, path: &str, written: &str) -> String {
    let is_part =
        |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '$' | '~' | '}');
    let mut all = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(path) {
        let (before, after) = (&rest[..at], &rest[at + path.len()..]);
        let is_whole = !before.ends_with(is_part) && !after.starts_with(is_part);
        all.push_str(before);
        all.push_str(if is_whole { written } else { path });
        rest = after;
    }
    all + rest
}

/// Whether a script removes the file in another directory: on a base that uses that directory, the file is not kept.
fn is_removed_elsewhere(file: &File, finding: &Finding, plain: &str) -> bool {
    let Some((_, name)) = finding.sink.rsplit_once('/') else {
        return false;
    };
    if finding.depends_on.is_empty() || name.is_empty() {
        return false;
    }
    let end = format!("/{name}");
    let instruction = file.instruction_at(finding.span.start);
    let Some(Kind::Run(run)) = instruction.map(|(_, _, instruction)| &instruction.kind) else {
        return false;
    };
    let Some(text) = run.command.shell_text() else {
        return false;
    };
    let ends_word = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '&' | '|');
    let mut words = text.as_str().split(ends_word);
    words.any(|word| {
        let at = text.offset(word.as_ptr().addr() - text.as_str().as_ptr().addr());
        let is_written = finding.span.start <= at && at < finding.span.end;
        !is_written && word.starts_with('/') && word.ends_with(&end) && word != plain
    })
}

/// Whether a finding names a directory that only the base image knows.
pub(super) fn names_place(finding: &Finding) -> bool {
    let steps = finding.way.iter();
    let steps =
        steps.flat_map(|step| [Some(&step.text), step.path.as_ref(), step.program.as_ref()]);
    let texts = [
        Some(&finding.message),
        Some(&finding.sink),
        finding.help.as_ref(),
    ];
    let mut texts = texts.into_iter().chain(steps).flatten();
    texts.any(|text| named(text).next().is_some())
}

/// Replaces directories that only the base image knows by the author's spelling.
fn show(finding: &mut Finding) {
    let names: Vec<String> = named(&finding.sink).map(str::to_owned).collect();
    finding.depends_on = names;
    let steps = finding.way.iter_mut();
    let steps = steps.flat_map(|step| [Some(&mut step.text), step.path.as_mut()]);
    let texts = [&mut finding.message, &mut finding.sink];
    for text in texts
        .into_iter()
        .chain(&mut finding.help)
        .chain(steps.flatten())
        .chain(finding.fix.iter_mut().flat_map(Fix::paths_mut))
    {
        if let Some(shown) = shown(text) {
            *text = shown;
        }
    }
}

/// Converts a finding under one assumption to a doubt.
fn doubt(file: &File, bases: &Bases, finding: Finding) -> Finding {
    if finding.severity < Severity::Error {
        return finding;
    }
    let (image, is_described) = base_of(file, bases, finding.stage);
    under_a_guess(finding, &image, is_described)
}

/// Returns the base image of a stage, and whether only its user is unknown.
fn base_of(file: &File, bases: &Bases, stage: usize) -> (String, bool) {
    let global = Environment::new(file, Vec::new());
    let mut index = stage;
    while let Some(stage) = file.stages.get(index) {
        let image = global.expand(&stage.base);
        let image = image.unwrap_or_else(|_| stage.base.to_string());
        match file.stage_named(&image, index) {
            Some(base) => index = base,
            None => {
                let is_described = bases.find(&image).is_some();
                return (image, is_described);
            }
        }
    }
    (String::new(), false)
}
