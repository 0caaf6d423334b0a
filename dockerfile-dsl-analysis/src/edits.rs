//! Fixes as edits of a Dockerfile: the one source for `--fix`, for the `fixes` of JSON and SARIF, and for the actions of an editor.
//!
//! In: a parsed file, its text, and a finding with a [`Fix`]. Out: a [`Repair`], or none if only the author can write the fix. It promises
//! nothing: [`Settling`] checks the edited text again, and keeps it only if the finding is gone and no new one is there.

mod argument;
mod context_file;
mod index;
mod later;
mod place;
mod readers;
mod repair;
mod settle;
#[cfg(test)]
mod tests;
mod written_file;

pub use repair::{Applicability, CallerChange, Edit, Passed, Repair, apply};
pub use settle::{Applied, Checked, Settling};

use crate::Finding;
use crate::code::StepCode;
use crate::dockerfile::{Command, File};
use crate::report::Fix;
use crate::{Channel, Span};
use index::Index;
use place::Place;

/// Returns the edits that fix a finding of this file. `text` is the text that the file was read from.
#[must_use]
pub fn repair(file: &File, text: &str, finding: &Finding) -> Option<Repair> {
    Repairs::new(file, text).of(finding)
}

/// The fixes of the findings of one file, which parse each script once.
#[derive(Debug)]
pub struct Repairs<'a> {
    file: &'a File,
    text: &'a str,
    index: Index<'a>,
}

impl<'a> Repairs<'a> {
    /// Lists the instructions. `text` is the text that the file was read from.
    #[must_use]
    pub fn new(file: &'a File, text: &'a str) -> Self {
        Self {
            file,
            text,
            index: Index::new(file),
        }
    }

    /// Returns the edits that fix a finding of this file.
    #[must_use]
    pub fn of(&self, finding: &Finding) -> Option<Repair> {
        let fix = finding.fix.as_ref()?;
        let place = Place::new(self.file, self.text, finding, &self.index);
        let title = finding.help.clone().unwrap_or_default();
        let is_out_of_range = finding.span.end > self.text.len();
        let changes = (!is_out_of_range).then(|| changes(&place, fix))??;
        Some(Repair { title, ..changes })
    }

    /// Returns the edit that accepts a finding: a comment above its instruction, with a reason to fill in.
    #[must_use]
    pub fn acceptance(&self, finding: &Finding) -> Option<Repair> {
        let comment = finding.accepting_comment()?;
        let place = Place::new(self.file, self.text, finding, &self.index);
        let edits = vec![place.comment(&comment)?];
        Some(Repair {
            title: format!("accept it: {comment}"),
            ..Repair::new(Applicability::Decision, edits)
        })
    }
}

fn changes(place: &Place<'_>, fix: &Fix) -> Option<Repair> {
    let finding = place.finding;
    let span = finding.span;
    let unsafe_edits = |edits: Vec<Edit>| Some(Repair::new(Applicability::Unsafe, edits));
    if let Some(comment) = fix.comment() {
        let edits = vec![place.comment(&comment)?];
        return Some(Repair::new(Applicability::Decision, edits));
    }
    if let Some(line) = fix.instruction_before() {
        return unsafe_edits(vec![place.line_before(line)?]);
    }
    if let Some(new) = fix.in_place(span.of(place.text)) {
        let is_tracing = matches!(fix, Fix::StopTracing { .. });
        let applicability = if is_tracing && begins_a_command(place) {
            Applicability::Safe
        } else {
            Applicability::Unsafe
        };
        return Some(Repair::new(applicability, vec![smallest(place, &new)]));
    }
    match fix {
        Fix::Remove { command, file, .. } => {
            let file = file.as_deref();
            let is_of_this_step = is_written_whole(place) && is_used_here(place, file);
            if is_of_this_step && !is_needed_later(place, file) {
                let edits = vec![place.last_command(command)?];
                return Some(Repair::new(Applicability::Safe, edits));
            }
            let mounted = file.and_then(|file| written_file::mount(place, file));
            mounted.or_else(|| {
                let mut edits = vec![place.last_command(command)?];
                edits.extend(
                    file.into_iter()
                        .flat_map(|file| readers::without_later_rm(place, file)),
                );
                unsafe_edits(edits)
            })
        }
        Fix::WriteInMemory {
            paths: Some((word, path)),
            ..
        } if span.of(place.text) == word => {
            let written = Edit::new(span, path.clone());
            let mount = place.mount("--mount=type=tmpfs,target=/tmp/secret");
            unsafe_edits([written].into_iter().chain(mount).collect())
        }
        Fix::CredentialHelper { file, .. } => {
            let applicability = if is_needed_later(place, file.as_deref()) {
                Applicability::Unsafe
            } else {
                Applicability::Safe
            };
            Some(Repair::new(applicability, credential_helper(place, fix)?))
        }
        Fix::MountOption { option, .. } => {
            let mounts = [span].into_iter().chain(finding.also.iter().copied());
            let option = format!(",{option}");
            let edits = mounts.map(|mount| place.option_of(mount, &option));
            unsafe_edits(edits.collect::<Option<_>>()?)
        }
        Fix::OtherMount { id, mount, .. } => {
            let old = place.secret_mount(id)?;
            unsafe_edits(vec![Edit::new(old, mount.clone())])
        }
        Fix::MountHere { id, mount } => Some(Repair {
            callers: vec![CallerChange::new(id, Passed::Not)],
            ..Repair::new(Applicability::Unsafe, vec![place.mount(mount)?])
        }),
        Fix::MountVariable { name, .. } => argument::mount(place, name),
        Fix::MountFile { path, id, target } => context_file::mount(place, path, id, target),
        Fix::HideRepository { path } => context_file::hide_repository(place, path),
        Fix::Ignore { paths } => Some(Repair {
            ignore: paths.clone(),
            ..Repair::new(Applicability::Unsafe, Vec::new())
        }),
        Fix::RemoveComment { .. } => {
            let edits = vec![place::without_lines(place.text, span)];
            Some(Repair::new(Applicability::Safe, edits))
        }
        _ => None,
    }
}

/// Returns the edit that makes the text at the finding `new`: an insertion, if it keeps the text that is there.
fn smallest(place: &Place<'_>, new: &str) -> Edit {
    let span = place.finding.span;
    let old = span.of(place.text);
    if let Some(added) = new.strip_suffix(old) {
        Edit::insert(span.start, added.to_owned())
    } else if let Some(added) = new.strip_prefix(old) {
        Edit::insert(span.end, added.to_owned())
    } else {
        Edit::new(span, new.to_owned())
    }
}

/// Whether a command begins at the finding, so that another one before it is no part of a list or pipeline.
fn begins_a_command(place: &Place<'_>) -> bool {
    let Some((text, span)) = place.script() else {
        return false;
    };
    let before = text[..span.start].trim_end_matches([' ', '\t']);
    let keywords = ["&&", ";", "\n", "then", "do", "else", "{", "("];
    before.is_empty() || keywords.iter().any(|word| before.ends_with(word))
}

/// Whether the file is written as a whole by this step, by one redirect or copy: nothing else is removed with it.
fn is_written_whole(place: &Place<'_>) -> bool {
    let finding = place.finding;
    let Some((script, span)) = place.script() else {
        return false;
    };
    let step = finding.way.last();
    let is_copy = step.is_some_and(|step| {
        step.code == StepCode::Write && matches!(step.program.as_deref(), Some("cp" | "install"))
    });
    let is_redirect = script[..span.start].trim_end().ends_with('>');
    let appends = || (place.index.script(script)).is_none_or(|script| script.appends());
    finding.channel == Channel::Layer && (is_redirect || is_copy) && !appends()
}

/// Whether a command of this step may use the file after it is written. If none does, the file is meant for what comes later.
fn is_used_here(place: &Place<'_>, file: Option<&str>) -> bool {
    let (Some((script, span)), Some(path)) = (place.script(), file) else {
        return false;
    };
    let script = place.index.script(script);
    script.is_some_and(|script| script.users().is_used(span.end, path))
}

/// Whether a later instruction, or a stage that takes files from this one, may read the file.
fn is_needed_later(place: &Place<'_>, file: Option<&str>) -> bool {
    let finding = place.finding;
    match (file, finding.instruction) {
        (Some(path), Some(index)) => {
            let containers = place.index.containers();
            later::may_be_read(place.file, containers, (finding.stage, index), path)
        }
        _ => true,
    }
}

/// Takes the user out of the URL, and gives it to this one command through a helper.
fn credential_helper(place: &Place<'_>, fix: &Fix) -> Option<Vec<Edit>> {
    let Fix::CredentialHelper {
        user,
        user_at,
        git_at,
        subcommand,
        ..
    } = fix
    else {
        return None;
    };
    // The helper prints the whole file or variable, not a part of it.
    let is_whole = |step: &crate::WayStep| match step.program.as_deref() {
        Some(program) => program == "cat" || program.starts_with("git"),
        None => true,
    };
    let (_, run) = place.run()?;
    if matches!(run.command, Command::Exec(_)) || !place.finding.way.iter().all(is_whole) {
        return None;
    }
    let script = run.command.shell_text()?;
    let user_span = Span::new(*user_at, user_at + user.len());
    let git_span = Span::new(*git_at, git_at + "git".len());
    if user_span.of(script) != user || git_span.of(script) != "git" {
        return None;
    }
    let after = script[git_span.end..].trim_start();
    if !after.starts_with(subcommand.trim_start()) {
        return None;
    }
    Some(vec![
        Edit::new(script.span(git_span), fix.helper()?),
        Edit::new(script.span(user_span), String::new()),
    ])
}
