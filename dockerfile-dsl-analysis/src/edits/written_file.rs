//! A secret that a step writes to the place where a program reads it becomes a secret mount there.
//!
//! In: the place of the finding, and the file that was written. Out: the step without the command that writes the file, the mounts of the
//! steps that read it, and no command that removes it afterwards. None if the file is not one that programs read without being told.
//!
//! A copy of the secret's file is the same secret at another place. A file with more text around the value is another secret: its caller has to
//! pass the whole file.

use super::place::{Place, field, without_instruction};
use super::readers;
use super::repair::{Applicability, CallerChange, Edit, Passed, Repair};
use crate::Span;
use crate::report::file_mount;
use crate::shell::{self, CommandKind, Connector, RedirectOperator};

/// Mounts the file in this step and in the later ones that read it.
pub(super) fn mount(place: &Place<'_>, path: &str) -> Option<Repair> {
    let id = place.finding.secret.as_deref()?;
    let name = path.rsplit('/').next()?;
    if !path.starts_with('/') || !readers::is_known(name) {
        return None;
    }
    let (instruction, run) = place.run()?;
    let (script, at) = place.script()?;
    let parsed = place.index.script(script)?;
    let written = Written::find(&parsed, at.start)?;
    let flag = place.secret_mount(id)?;
    let mounted = run.mounts.iter().find(|mount| mount.flag.span == flag)?;
    let source = ["target", "dst", "destination"];
    let source = source.iter().find_map(|key| field(mounted, key));
    let source = source.map_or_else(|| format!("/run/secrets/{id}"), str::to_owned);
    let is_copy = written.is_copy_of(&source);
    let new_id = match is_copy {
        true => id,
        false => name.trim_start_matches('.'),
    };
    let mut mount = file_mount(new_id, path);
    for key in ["uid", "gid", "mode"] {
        if let Some(value) = field(mounted, key) {
            mount += &format!(",{key}={value}");
        }
    }
    let mut edits = Vec::new();
    if written.is_all {
        edits.push(without_instruction(place.text, instruction));
    } else {
        let rest = [&script[..written.cut.start], &script[written.cut.end..]].concat();
        let is_removed = rest.contains("rm ") && rest.contains(name);
        let is_needed = match is_copy {
            true => rest.contains(&source),
            // What the step itself reads is removed at its end: no other secret is needed.
            false => readers::calls_a_reader(&rest, name) || rest.contains(name),
        };
        if is_removed || is_needed {
            return None;
        }
        let text = run.command.shell_text()?;
        edits.push(Edit::new(text.span(written.cut), String::new()));
        edits.push(match rest.contains(&source) {
            true => Edit::insert(flag.end, format!(" {mount}")),
            false => Edit::new(flag, mount.clone()),
        });
    }
    let later = readers::mount_later(place, instruction, name, &mount)?;
    edits.extend(later.edits);
    let callers = match is_copy {
        true => Vec::new(),
        false => vec![CallerChange::new(new_id, Passed::File(name.to_owned()))],
    };
    (later.is_read || !written.is_all).then(|| Repair {
        callers,
        ..Repair::new(Applicability::Unsafe, edits)
    })
}

/// The command that writes the file.
struct Written<'a> {
    command: &'a shell::Command,
    /// The command, with the operator that joins it to the others.
    cut: Span,
    /// Whether the script has no other command.
    is_all: bool,
}

impl<'a> Written<'a> {
    /// Finds the command at this place of the script, if it writes one file and does nothing else.
    fn find(script: &'a shell::Script, at: usize) -> Option<Self> {
        let covers = |span: Span| (span.start..=span.end).contains(&at);
        let items = &script.list.items;
        let item = items.iter().find(|item| covers(item.span))?;
        let (first, rest) = (&item.and_or.first, &item.and_or.rest);
        let mut before = None;
        let pipelines = std::iter::once(first).chain(rest.iter().map(|(_, pipeline)| pipeline));
        for pipeline in pipelines {
            if covers(pipeline.span) {
                let [command] = pipeline.commands.as_slice() else {
                    return None;
                };
                let is_and = rest
                    .iter()
                    .all(|(connector, _)| *connector == Connector::And);
                let cut = match (before, rest.first()) {
                    (None, Some((_, next))) => Span::new(pipeline.span.start, next.span.start),
                    (Some(end), _) => Span::new(end, pipeline.span.end),
                    (None, None) if items.len() == 1 => pipeline.span,
                    (None, None) => return None,
                };
                let is_all = rest.is_empty();
                return (is_and && writes_one_file(command)).then_some(Self {
                    command,
                    cut,
                    is_all,
                });
            }
            before = Some(pipeline.span.end);
        }
        None
    }

    /// Whether it copies this file, byte by byte.
    fn is_copy_of(&self, source: &str) -> bool {
        let CommandKind::Simple(simple) = &self.command.kind else {
            return false;
        };
        let words: Vec<Option<String>> = simple.words.iter().map(word).collect();
        let is_source = |word: &Option<String>| word.as_deref() == Some(source);
        match words.as_slice() {
            [Some(name), file] if name == "cat" => is_source(file),
            [Some(name), .., from, _] if name == "cp" || name == "install" => is_source(from),
            _ => false,
        }
    }
}

/// Whether a command is a copy, or prints into one file.
fn writes_one_file(command: &shell::Command) -> bool {
    let CommandKind::Simple(simple) = &command.kind else {
        return false;
    };
    let name = simple.words.first().and_then(word);
    let redirects = command.redirects.as_slice();
    let is_write = |redirect: &shell::Redirect| {
        matches!(
            redirect.operator,
            RedirectOperator::Write | RedirectOperator::Clobber
        )
    };
    let is_redirected = matches!(redirects, [one] if is_write(one));
    match name.as_deref() {
        Some("cp" | "install") => redirects.is_empty(),
        Some("cat" | "echo" | "printf") => is_redirected,
        _ => false,
    }
}

fn word(word: &shell::Word) -> Option<String> {
    word.literal().map(|text| text.to_string())
}
