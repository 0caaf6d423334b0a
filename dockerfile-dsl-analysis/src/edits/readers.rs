//! The later steps that read a file with a credential: each gets the mount, and none removes the file.
//!
//! In: the place of the instruction that makes the file, the file's name, and the mount in its place. Out: the edits of the steps that follow,
//! or none if one of them does something else with the file.

use super::place::{Place, add_mount, without_instruction};
use super::repair::Edit;
use crate::Span;
use crate::dockerfile::{Instruction, Kind, Run, SourceText};
use crate::rules::steps::texts;
use crate::shell::{self, Connector};

/// Files that programs read without being told, each with the programs.
const READERS: &[(&str, &[&str])] = &[
    (".npmrc", &["npm", "npx", "pnpm", "yarn", "bun"]),
    (".yarnrc.yml", &["yarn"]),
    (
        ".netrc",
        &["git", "curl", "wget", "pip", "pip3", "go", "uv", "poetry"],
    ),
    (".git-credentials", &["git"]),
    (".pypirc", &["twine", "pip", "pip3"]),
    ("auth.json", &["composer"]),
    ("settings.xml", &["mvn", "./mvnw"]),
    ("credentials.toml", &["cargo"]),
];

/// The edits of the steps that follow.
pub(super) struct Mounted {
    pub(super) edits: Vec<Edit>,
    /// Whether a step reads the file.
    pub(super) is_read: bool,
}

/// Whether programs read a file of this name without being told.
pub(super) fn is_known(name: &str) -> bool {
    READERS.iter().any(|(file, _)| *file == name)
}

/// Whether a script calls a program that reads a file of this name without being told.
pub(super) fn calls_a_reader(script: &str, name: &str) -> bool {
    let readers = READERS.iter().find(|(file, _)| *file == name);
    let readers = readers.map_or(&[][..], |(_, programs)| programs);
    let mut words = script.split(|c: char| c.is_whitespace() || ";&|()".contains(c));
    words.any(|word| readers.contains(&word))
}

/// Takes away the later commands that would fail because the file is gone: `rm` without `-f`.
pub(super) fn without_later_rm(place: &Place<'_>, path: &str) -> Vec<Edit> {
    let (Some(instruction), Some(name)) = (place.instruction, path.rsplit('/').next()) else {
        return Vec::new();
    };
    let edit = |later: &Instruction| {
        let Kind::Run(run) = &later.kind else {
            return None;
        };
        match removal(place, run, name) {
            Removal::Whole => Some(without_instruction(place.text, later)),
            Removal::Command(span) => Some(Edit::new(span, String::new())),
            Removal::None | Removal::Unclear => None,
        }
    };
    let stage = &place.file.stages[place.finding.stage].instructions;
    let end = stage.last().map_or(0, |last| last.span.end);
    let removing = place.index.removing(instruction.span.start, end);
    removing.iter().copied().filter_map(edit).collect()
}

/// A fix that changes more places than this is for a person to plan.
const MOST_EDITS: usize = 32;

/// Mounts the file in the later steps that read it, and takes away what removes it.
pub(super) fn mount_later(
    place: &Place<'_>,
    instruction: &Instruction,
    name: &str,
    mount: &str,
) -> Option<Mounted> {
    let (mut edits, mut is_read) = (Vec::new(), false);
    for later in after(place, instruction) {
        if edits.len() > MOST_EDITS {
            return None;
        }
        let Kind::Run(run) = &later.kind else {
            continue;
        };
        let (removal, is_only_removal) = match removal(place, run, name) {
            Removal::None => (None, false),
            Removal::Command(span) => (Some(span), false),
            Removal::Whole => (None, true),
            Removal::Unclear => return None,
        };
        if is_only_removal {
            edits.push(without_instruction(place.text, later));
            continue;
        }
        edits.extend(removal.map(|span| Edit::new(span, String::new())));
        let names_it = |text: &&SourceText| removal.is_none() && text.contains(name);
        if texts(run)
            .iter()
            .any(|text| calls_a_reader(text, name) || names_it(text))
        {
            is_read = true;
            edits.extend(add_mount(place.text, later, run, mount));
        }
    }
    Some(Mounted { edits, is_read })
}

/// Returns the instructions of the stage that follow.
pub(super) fn after<'a>(
    place: &Place<'a>,
    instruction: &Instruction,
) -> impl Iterator<Item = &'a Instruction> {
    let own = &place.file.stages[place.finding.stage].instructions;
    let start = own.partition_point(|own| own.span.start <= instruction.span.start);
    own[start..].iter()
}

/// What of a script removes the file.
enum Removal {
    None,
    /// The command, with the operator before or after it.
    Command(Span),
    /// All of it.
    Whole,
    /// Something that also does other things.
    Unclear,
}

fn removal(place: &Place<'_>, run: &Run, name: &str) -> Removal {
    let Some(text) = run.command.shell_text() else {
        return Removal::None;
    };
    if !text.contains("rm ") || !text.contains(name) {
        return Removal::None;
    }
    let Some(script) = place.index.script(text) else {
        return Removal::Unclear;
    };
    let mut found = Removal::None;
    for item in &script.list.items {
        let and_or = &item.and_or;
        match removes(&and_or.first, text, name) {
            None => {}
            Some(true) if and_or.rest.is_empty() && script.list.items.len() == 1 => {
                return Removal::Whole;
            }
            Some(true) if matches!(and_or.rest.first(), Some((Connector::And, _))) => {
                let next = and_or.rest[0].1.span.start;
                found = Removal::Command(text.span(Span::new(and_or.first.span.start, next)));
            }
            Some(_) => return Removal::Unclear,
        }
        let mut end = and_or.first.span.end;
        for (connector, pipeline) in &and_or.rest {
            match (connector, removes(pipeline, text, name)) {
                (_, None) => {}
                (Connector::And, Some(true)) => {
                    found = Removal::Command(text.span(Span::new(end, pipeline.span.end)));
                }
                _ => return Removal::Unclear,
            }
            end = pipeline.span.end;
        }
    }
    found
}

/// Whether a pipeline removes the file, and if so, nothing else.
fn removes(pipeline: &shell::Pipeline, text: &SourceText, name: &str) -> Option<bool> {
    let written = pipeline.span.of(text);
    let [command] = pipeline.commands.as_slice() else {
        return (written.contains("rm ") && written.contains(name)).then_some(false);
    };
    let shell::CommandKind::Simple(simple) = &command.kind else {
        return (written.contains("rm ") && written.contains(name)).then_some(false);
    };
    let words: Vec<_> = simple.words.iter().map(shell::Word::literal).collect();
    if words.first()?.as_deref() != Some("rm") || !written.contains(name) {
        return None;
    }
    let mut files = words
        .iter()
        .skip(1)
        .filter(|word| word.as_deref().is_none_or(|word| !word.starts_with('-')));
    let is_it = |word: &str| word.rsplit('/').next() == Some(name);
    Some(files.all(|word| word.as_deref().is_some_and(is_it)))
}
