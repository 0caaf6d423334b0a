//! A secret file that is copied from the build context becomes a secret mount at the same place.
//!
//! In: the place of the COPY, the file, its id and target. Out: the COPY without the file, the mounts of the steps that read it, no command
//! that removes it afterwards, and the line of `.dockerignore`. None if the steps that read it are unknown.

use super::place::{Place, add_mount, without_instruction};
use super::readers;
use super::repair::{Applicability, CallerChange, Edit, Passed, Repair};
use crate::Span;
use crate::dockerfile::{Instruction, Kind, Source, Transfer};
use crate::report::file_mount;
use crate::rules::steps::texts;

/// Names of directories: a secret mount is one file.
const DIRECTORIES: [&str; 6] = [".ssh", ".gnupg", ".aws", ".azure", ".git", "gcloud"];

/// Mounts the file in the steps that read it.
pub(super) fn mount(place: &Place<'_>, path: &str, id: &str, target: &str) -> Option<Repair> {
    let instruction = place.instruction?;
    let name = path.rsplit('/').next()?;
    if DIRECTORIES.contains(&name) || path.contains(['*', '?', '[']) {
        return None;
    }
    let mut edits = vec![without_source(place, instruction)?];
    let mount = file_mount(id, target);
    let mounted = readers::mount_later(place, instruction, name, &mount)?;
    let is_read = mounted.is_read;
    edits.extend(mounted.edits);
    is_read.then(|| Repair {
        ignore: vec![path.to_owned()],
        callers: vec![CallerChange::new(id, Passed::File(path.to_owned()))],
        ..Repair::new(Applicability::Unsafe, edits)
    })
}

/// Mounts the repository in the steps that call git, or keeps it out of the build context if none does.
pub(super) fn hide_repository(place: &Place<'_>, path: &str) -> Option<Repair> {
    let instruction = place.instruction?;
    let mut edits = vec![without_source(place, instruction)?];
    let mount = format!("--mount=type=bind,source={path},target={path}");
    let mut is_read = false;
    for later in readers::after(place, instruction) {
        let Kind::Run(run) = &later.kind else {
            continue;
        };
        let calls_git = texts(run).iter().any(|text| {
            let mut words =
                text.split(|c: char| !(c.is_ascii_alphanumeric() || "-_./".contains(c)));
            words.any(|word| word == "git")
        });
        if calls_git {
            is_read = true;
            edits.extend(add_mount(place.text, later, run, &mount));
        }
    }
    let ignore = if is_read {
        Vec::new()
    } else {
        vec![path.to_owned()]
    };
    Some(Repair {
        ignore,
        ..Repair::new(Applicability::Unsafe, edits)
    })
}

/// Removes the source at the finding from its COPY, or the COPY if it has no other.
fn without_source(place: &Place<'_>, instruction: &Instruction) -> Option<Edit> {
    let (Kind::Copy(transfer) | Kind::Add(transfer)) = &instruction.kind else {
        return None;
    };
    let Transfer { sources, .. } = transfer;
    if sources.len() == 1 {
        return Some(without_instruction(place.text, instruction));
    }
    let mut spans = sources.iter().filter_map(|source| match source {
        Source::Path(path) => Some(path.whole()),
        Source::HereDocument(_) => None,
    });
    let own = spans.find(|span| *span == place.finding.span)?;
    let after = &place.text[own.end..];
    let blank = after.len() - after.trim_start_matches([' ', '\t']).len();
    // The JSON form has quotes and commas around it.
    (blank > 0).then(|| Edit::new(Span::new(own.start, own.end + blank), String::new()))
}
