//! A secret file that is copied from the build context becomes a secret mount at the same place.
//!
//! In: the place of the COPY, the file, its id and target. Out: the COPY without the file, the mounts of the steps that read it, no command
//! that removes it afterwards, and the line of `.dockerignore`. None if the steps that read it are unknown.

use super::place::{Place, add_mount, parsed, without_instruction};
use super::repair::{Applicability, CallerChange, Edit, Passed, Repair};
use crate::Span;
use crate::dockerfile::{Instruction, Kind, Run, Source, SourceText, Transfer};
use crate::report::file_mount;
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
    let readers = READERS.iter().find(|(file, _)| *file == name);
    let readers = readers.map_or(&[][..], |(_, programs)| programs);
    let mut is_read = false;
    for later in after(place, instruction) {
        let Kind::Run(run) = &later.kind else {
            continue;
        };
        let (removal, is_only_removal) = match removal(run, name) {
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
        let names_it = texts(run).iter().any(|text| {
            let words = text.split(|c: char| c.is_whitespace() || ";&|()".contains(c));
            words.clone().any(|word| readers.contains(&word))
                || removal.is_none() && text.contains(name)
        });
        if names_it {
            is_read = true;
            edits.extend(add_mount(place.text, later, run, &file_mount(id, target)));
        }
    }
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
    for later in after(place, instruction) {
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

fn after<'a>(
    place: &Place<'a>,
    instruction: &Instruction,
) -> impl Iterator<Item = &'a Instruction> {
    let own = place.file.stages[place.finding.stage].instructions.iter();
    let start = instruction.span.start;
    own.filter(move |later| later.span.start > start)
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

/// What of a script removes the file.
enum Removal {
    None,
    /// The command, with the operator before it.
    Command(Span),
    /// All of it.
    Whole,
    /// Something that also does other things.
    Unclear,
}

fn removal(run: &Run, name: &str) -> Removal {
    let Some(text) = run.command.shell_text() else {
        return Removal::None;
    };
    if !text.contains("rm ") || !text.contains(name) {
        return Removal::None;
    }
    let Some(script) = parsed(text) else {
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
