//! The place of a finding in its file, and the edits there: of lines, mounts, and the end of a script.
//!
//! In: a file, its text, a finding. Out: single edits, which keep line endings and indentation.

use super::index::Index;
use super::repair::Edit;
use crate::dockerfile::{Command, File, Instruction, Kind, MountFlag, Run, SourceText};
use crate::shell::Terminator;
use crate::{Finding, Span};

/// The place of a finding.
pub(super) struct Place<'a> {
    pub(super) file: &'a File,
    pub(super) text: &'a str,
    pub(super) finding: &'a Finding,
    /// The instruction that contains it, if one does.
    pub(super) instruction: Option<&'a Instruction>,
    pub(super) index: &'a Index<'a>,
}

impl<'a> Place<'a> {
    pub(super) fn new(
        file: &'a File,
        text: &'a str,
        finding: &'a Finding,
        index: &'a Index<'a>,
    ) -> Self {
        Self {
            file,
            text,
            finding,
            instruction: index.instruction_at(finding.span.start),
            index,
        }
    }

    /// Returns the RUN that contains the finding, also inside ONBUILD.
    pub(super) fn run(&self) -> Option<(&'a Instruction, &'a Run)> {
        run_of(self.instruction?)
    }

    /// Returns the script that contains the finding, and the span of the finding in it.
    pub(super) fn script(&self) -> Option<(&'a SourceText, Span)> {
        let (_, run) = self.run()?;
        let text = run.command.shell_text()?;
        Some((text, text.local(self.finding.span)?))
    }

    /// Inserts a comment directly above the instruction.
    pub(super) fn comment(&self, comment: &str) -> Option<Edit> {
        Some(insert_line(
            self.text,
            self.instruction?.span.start,
            comment,
        ))
    }

    /// Inserts an instruction before this one and its notes.
    pub(super) fn line_before(&self, line: &str) -> Option<Edit> {
        let instruction = self.instruction?;
        let at = start_with_notes(instruction);
        Some(insert_line(self.text, at, line))
    }

    /// Inserts a mount after the word RUN, unless the RUN has it.
    pub(super) fn mount(&self, mount: &str) -> Option<Edit> {
        let (instruction, run) = self.run()?;
        add_mount(self.text, instruction, run, mount)
    }

    /// Returns the span of the flag that mounts this secret.
    pub(super) fn secret_mount(&self, id: &str) -> Option<Span> {
        let (_, run) = self.run()?;
        let is_it = |flag: &&MountFlag| {
            field(flag, "type") == Some("secret")
                && (field(flag, "id") == Some(id) || field(flag, "source") == Some(id))
        };
        Some(run.mounts.iter().find(is_it)?.flag.span)
    }

    /// Adds an option to the end of the mount at `flag`.
    pub(super) fn option_of(&self, flag: Span, option: &str) -> Option<Edit> {
        let is_quoted = flag.of(self.text).ends_with(['"', '\'']);
        (!is_quoted).then(|| Edit::insert(flag.end, option.to_owned()))
    }

    /// Adds a command to the end of the script: it runs if the last one succeeds, and keeps its status if not.
    pub(super) fn last_command(&self, command: &str) -> Option<Edit> {
        let (instruction, run) = self.run()?;
        let script = run.command.shell_text()?;
        let parsed = self.index.script(script)?;
        let last = parsed.list.items.last()?;
        // The bodies of here-documents follow in the next lines.
        let rest = script[last.span.end..].lines().next().unwrap_or_default();
        let is_end = matches!(rest.trim(), "" | ";") || rest.trim_start().starts_with('#');
        if last.terminator == Terminator::Background || !is_end || last.span.end == 0 {
            return None;
        }
        let end = script.span(Span::new(last.span.end - 1, last.span.end)).end;
        let is_shell_form = matches!(run.command, Command::Shell(_));
        let is_one_line = !instruction.span.of(self.text).contains('\n');
        let joined = if is_shell_form && !is_one_line {
            let indent = indent_of(self.text, end);
            let indent = if line_start(self.text, end) <= instruction.span.start {
                "    "
            } else {
                indent
            };
            let escape = self.file.escape.char();
            format!(" {escape}{}{indent}&& {command}", newline(self.text))
        } else {
            format!(" && {command}")
        };
        Some(Edit::insert(end, joined))
    }
}

/// Returns the RUN of an instruction, also inside ONBUILD.
pub(super) fn run_of(instruction: &Instruction) -> Option<(&Instruction, &Run)> {
    match &instruction.kind {
        Kind::Run(run) => Some((instruction, run)),
        Kind::Onbuild(inner) => run_of(inner),
        _ => None,
    }
}

/// Inserts a mount after the word RUN, unless the RUN has it.
pub(super) fn add_mount(
    text: &str,
    instruction: &Instruction,
    run: &Run,
    mount: &str,
) -> Option<Edit> {
    let mut flags = run.mounts.iter();
    let is_there = flags.any(|flag| flag.flag.span.of(text) == mount);
    (!is_there).then(|| Edit::insert(instruction.keyword.end, format!(" {mount}")))
}

/// Returns the value of a field of a mount.
pub(super) fn field<'a>(flag: &'a MountFlag, key: &str) -> Option<&'a str> {
    let field = flag.fields.iter().find(|field| field.key == key)?;
    field.value.as_ref().map(SourceText::as_str)
}

/// Removes an instruction with its notes.
pub(super) fn without_instruction(text: &str, instruction: &Instruction) -> Edit {
    let start = start_with_notes(instruction);
    without_lines(text, Span::new(start, instruction.span.end))
}

/// Returns where an instruction begins, or the first of its notes. Notes from a configuration have no place.
fn start_with_notes(instruction: &Instruction) -> usize {
    let notes = instruction.notes.iter().map(|note| note.span);
    let written = notes.filter(|span| *span != Span::default());
    let starts = written.map(|span| span.start);
    starts.min().map_or(instruction.span.start, |start| {
        start.min(instruction.span.start)
    })
}

/// Removes the lines of a span. A text without a final newline still has none.
pub(super) fn without_lines(text: &str, span: Span) -> Edit {
    let start = line_start(text, span.start);
    match text[span.end..].find('\n') {
        Some(length) => Edit::new(Span::new(start, span.end + length + 1), String::new()),
        None => {
            let before = text[..start].strip_suffix('\n').unwrap_or(&text[..start]);
            let before = before.strip_suffix('\r').unwrap_or(before);
            Edit::new(Span::new(before.len(), text.len()), String::new())
        }
    }
}

/// Inserts a line before the one at `at`, with its indentation.
fn insert_line(text: &str, at: usize, line: &str) -> Edit {
    let indent = indent_of(text, at);
    let start = line_start(text, at);
    Edit::insert(start, format!("{indent}{line}{}", newline(text)))
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

fn indent_of(text: &str, at: usize) -> &str {
    let line = &text[line_start(text, at)..at];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// Returns the line ending of the text: that of its first line.
fn newline(text: &str) -> &'static str {
    match text.split_once('\n') {
        Some((line, _)) if line.ends_with('\r') => "\r\n",
        _ => "\n",
    }
}
