//! Parser from text to [`File`]: directives, comments, logical lines, here-documents, stages.
//!
//! Continues after an error at the next logical line, so that all errors are reported.

use std::collections::BTreeMap;

use super::{
    Danger, Directive, Escape, File, Instruction, Kind, Note, ReadError, Stage,
    expand::ExpandError,
    heredoc::{self, Opening},
    instruction::{Document, Line},
    lines::{Joined, Lines, is_comment, leading_blanks},
    mount::boolean,
    note,
    source::SourceText,
};
use crate::Span;
use crate::programs::ProgramLine;

/// Max. here-documents in one instruction; beyond it the file is rejected. Two of the same name share a body, so a small file could expand
/// to much text.
const MAX_HERE_DOCUMENTS: usize = 1_000;

/// Parses a Dockerfile as BuildKit does.
///
/// # Errors
///
/// All errors that BuildKit reports before it runs anything, in text order.
pub fn read(text: &str) -> Result<File, Vec<ReadError>> {
    let file = read_syntax(text)?;
    let errors = super::refused::check(&file);
    if errors.is_empty() {
        Ok(file)
    } else {
        Err(errors)
    }
}

/// Parses a Dockerfile without validating its words. [`read`] also checks that they can be expanded and are valid for their instructions.
///
/// # Errors
///
/// Syntax errors.
pub fn read_syntax(text: &str) -> Result<File, Vec<ReadError>> {
    let mut reader = Reader::new(text);
    match reader.lines.too_long() {
        Some(span) => reader.error(
            span,
            format!("the line is longer than {} bytes", super::lines::MAX_LINE),
        ),
        None => reader.read(),
    }
    reader.finish()
}

struct Reader<'a> {
    lines: Lines<'a>,
    /// Whether a line may still be a parser directive.
    directives_possible: bool,
    /// The notes directly above the next instruction.
    notes: Vec<Note>,
    /// Why the instruction above starts no here-document although it contains `<<`.
    unsplit: Option<ExpandError>,
    file: File,
    errors: Vec<ReadError>,
    /// Whether a line began with an instruction, or with a misspelt one.
    has_keyword: bool,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let file = File {
            directives: Vec::new(),
            escape: Escape::default(),
            skipped_checks: Vec::new(),
            global_args: Vec::new(),
            stages: Vec::new(),
            malformed_notes: Vec::new(),
            builder_stages: None,
            programs: Vec::new(),
            only_to: Vec::new(),
            replaced_bytes: text
                .match_indices(char::REPLACEMENT_CHARACTER)
                .map(|(at, found)| Span::new(at, at + found.len()))
                .collect(),
            stages_by_name: BTreeMap::new(),
        };
        Self {
            lines: Lines::new(text),
            directives_possible: true,
            notes: Vec::new(),
            unsplit: None,
            file,
            errors: Vec::new(),
            has_keyword: false,
        }
    }

    fn error(&mut self, span: Span, message: impl Into<String>) {
        self.errors.push(ReadError::new(span, message));
    }

    fn read(&mut self) {
        if self.lines.text.starts_with('\u{feff}') {
            self.lines.at = '\u{feff}'.len_utf8();
        }
        while let Some(line) = self.lines.next() {
            let text = line.of(self.lines.text);
            let content = Span::new(line.start + leading_blanks(text), line.end);
            if self.directives_possible && self.directive(content) {
                continue;
            }
            if is_comment(text) {
                self.comment(content);
            } else if content.start == content.end {
                self.drop_notes();
            } else {
                let joined = self.lines.join(line, self.file.escape);
                self.logical_line(joined);
            }
        }
        self.drop_notes();
    }

    /// Parses a parser directive, and returns whether the line is one.
    fn directive(&mut self, line: Span) -> bool {
        let Some((name, value)) = directive(line.of(self.lines.text)) else {
            self.directives_possible = false;
            return false;
        };
        if self.file.directives.iter().any(|other| other.name == name) {
            self.error(
                line,
                format!("only one `{name}` parser directive can be used"),
            );
        }
        // Only blanks may follow the value.
        let offset =
            line.start + line.of(self.lines.text).trim_end_matches(is_blank).len() - value.len();
        if name == "escape" {
            match value {
                "\\" => self.file.escape = Escape::Backslash,
                "`" => self.file.escape = Escape::Backtick,
                _ => self.error(line, "the escape character must be `\\` or a backtick"),
            }
        }
        if name == "check" {
            match skipped_checks(value) {
                Ok(skipped) => self.file.skipped_checks = skipped,
                Err(option) => self.error(line, format!("invalid check option `{option}`")),
            }
        }
        self.file.directives.push(Directive {
            name,
            value: SourceText::verbatim(value, offset),
            span: line,
        });
        true
    }

    fn comment(&mut self, span: Span) {
        match note::parse(span.of(self.lines.text), span) {
            Some(Ok(note)) if note.kind == Danger::BuilderStages => {
                self.file.builder_stages = Some(note);
            }
            Some(Ok(note)) if matches!(note.kind, Danger::Program { .. }) => self.program(note),
            Some(Ok(note)) if matches!(note.kind, Danger::OnlyTo { .. }) => self.only_to(note),
            Some(Ok(note)) => self.notes.push(note),
            Some(Err(error)) => self.file.malformed_notes.push(error),
            None => {}
        }
    }

    /// Adds the rows of a program, unless another comment has rows for one of its names.
    fn program(&mut self, note: Note) {
        for known in &self.file.programs {
            if known.kind == note.kind {
                return;
            }
            let (Danger::Program { rows: known }, Danger::Program { rows }) =
                (&known.kind, &note.kind)
            else {
                continue;
            };
            let known: Vec<&str> = ProgramLine::names_of(known).collect();
            if let Some(name) = ProgramLine::names_of(rows).find(|name| known.contains(name)) {
                let message = format!("describes `{name}`, as another comment does in other words");
                let error = ReadError::new(note.span, message);
                return self.file.malformed_notes.push(error);
            }
        }
        self.file.programs.push(note);
    }

    /// Adds the hosts of a secret, unless another comment has other ones.
    fn only_to(&mut self, note: Note) {
        let Danger::OnlyTo { id, .. } = &note.kind else {
            return;
        };
        let is_about =
            |known: &&Note| matches!(&known.kind, Danger::OnlyTo { id: known, .. } if known == id);
        match self.file.only_to.iter().find(is_about) {
            None => self.file.only_to.push(note),
            Some(known) if known.kind == note.kind => {}
            Some(_) => {
                let message =
                    format!("lists hosts of `{id}`, as another comment does: write one list");
                let error = ReadError::new(note.span, message);
                self.file.malformed_notes.push(error);
            }
        }
    }

    /// Reports the pending notes, which are above no instruction.
    fn drop_notes(&mut self) {
        for note in self.notes.drain(..) {
            let error = ReadError::new(
                note.span,
                "has no effect here: put it directly above an instruction",
            );
            self.file.malformed_notes.push(error);
        }
    }

    fn logical_line(&mut self, joined: Joined) {
        let notes = std::mem::take(&mut self.notes);
        for comment in &joined.comments {
            if note::parse(comment.of(self.lines.text), *comment).is_some() {
                let error = ReadError::new(
                    *comment,
                    "has no effect inside an instruction: put it above the instruction",
                );
                self.file.malformed_notes.push(error);
            }
        }
        let line = match Line::split(&joined.text, 0, self.file.escape) {
            Ok(line) => line,
            Err(error) => return self.errors.push(error),
        };
        let unsplit = self.unsplit.take();
        let documents = if line.may_have_here_documents() && joined.text.contains("<<") {
            match self.documents(&joined.text) {
                Ok(documents) => documents,
                Err(error) => return self.errors.push(error),
            }
        } else {
            Vec::new()
        };
        let end = documents
            .last()
            .map_or(joined.end, |last| last.document.span.end);
        let span = Span::new(joined.text.offset(line.keyword.start), end);
        self.has_keyword |= line.is_like_an_instruction();
        match line.instruction(documents) {
            Ok((kind, flags)) => {
                let keyword = joined.text.span(line.keyword);
                self.add(Instruction {
                    span,
                    keyword,
                    notes,
                    flags,
                    kind,
                    empty_continuations: joined.empty,
                });
            }
            Err(errors) => {
                let explained = |error: ReadError| match &unsplit {
                    Some(why) => error.with_help(format!(
                        "BuildKit sees no here-document in the instruction above, because of its \
                         shell syntax: {why}"
                    )),
                    None => error,
                };
                self.errors.extend(errors.into_iter().map(explained));
            }
        }
    }

    /// Reads the here-documents of a joined line from the lines after it.
    fn documents(&mut self, text: &SourceText) -> Result<Vec<Document>, ReadError> {
        let openings = heredoc::openings(text).map_err(|error| {
            ReadError::new(
                text.whole(),
                format!("the here-document cannot be read: {error}"),
            )
        })?;
        self.unsplit = openings.unsplit;
        if openings.found.len() > MAX_HERE_DOCUMENTS {
            let message =
                format!("more than {MAX_HERE_DOCUMENTS} here-documents in one instruction");
            return Err(ReadError::new(text.whole(), message));
        }
        let mut documents = Vec::new();
        for (opening, word) in openings.found {
            let word = text.span(word);
            let Some((raw, span)) = self.here_document(&opening) else {
                let name = &opening.name;
                let message =
                    format!("the here-document `{name}` has no end: no line is just `{name}`");
                return Err(ReadError::new(word, message));
            };
            documents.push(Document {
                raw: raw.clone(),
                document: opening.with_body(word, &raw, span),
            });
        }
        Ok(documents)
    }

    /// Reads the lines up to the delimiter, and returns the body with its span.
    fn here_document(&mut self, opening: &Opening) -> Option<(SourceText, Span)> {
        let start = self.lines.at;
        loop {
            let body_end = self.lines.at;
            let line = self.lines.next()?;
            if opening.is_end(line.of(self.lines.text)) {
                let body = Span::new(start, body_end);
                return Some((
                    SourceText::verbatim(body.of(self.lines.text), start),
                    Span::new(start, line.end),
                ));
            }
        }
    }

    fn add(&mut self, instruction: Instruction) {
        if let Kind::From(base) = &instruction.kind {
            if let Some(name) = &base.name {
                let numbers = &mut self.file.stages_by_name;
                let numbers = numbers.entry(name.name.clone()).or_default();
                numbers.push(self.file.stages.len());
            }
            let stage = Stage {
                base: base.image.clone(),
                name: base.name.clone(),
                from: instruction,
                instructions: Vec::new(),
            };
            self.file.stages.push(stage);
        } else if let Some(stage) = self.file.stages.last_mut() {
            stage.instructions.push(instruction);
        } else if matches!(instruction.kind, Kind::Arg(_)) {
            self.file.global_args.push(instruction);
        } else {
            let keyword = instruction.kind.keyword();
            self.error(
                instruction.keyword,
                format!("`{keyword}` before the first FROM: only ARG is allowed there"),
            );
        }
    }

    fn finish(mut self) -> Result<File, Vec<ReadError>> {
        if self.errors.is_empty() && self.file.stages.is_empty() {
            let message = match () {
                () if self.lines.text.is_empty() => "the Dockerfile is empty",
                () if self.file.global_args.is_empty() => "the Dockerfile has no instructions",
                () => "the Dockerfile has no stage: a FROM is missing",
            };
            self.error(Span::new(0, 0), message);
        } else if !self.has_keyword {
            // Another file, such as a page of documentation: one error for all its lines.
            self.errors.truncate(1);
            let help = "no line begins with an instruction: name a Dockerfile";
            let first = self.errors.pop().map(|error| error.with_help(help));
            self.errors.extend(first);
        }
        // BuildKit parses flags byte by byte, so a part of one may end inside a character: the span covers the whole character.
        let text = self.lines.text;
        for error in &mut self.errors {
            let boundary = |offset: &usize| text.is_char_boundary(*offset);
            error.span.start = (0..=error.span.start).rev().find(boundary).unwrap_or(0);
            error.span.end = (error.span.end..=text.len())
                .find(boundary)
                .unwrap_or(text.len());
            if let std::borrow::Cow::Owned(masked) = crate::masked(&error.message) {
                error.message = masked;
            }
        }
        if self.errors.is_empty() {
            Ok(self.file)
        } else {
            Err(self.errors)
        }
    }
}

/// Returns the rules that the value of `# check=` skips, or the option that BuildKit rejects. BuildKit ignores the text after the first
/// blank.
fn skipped_checks(value: &str) -> Result<Vec<String>, &str> {
    let mut skipped = Vec::new();
    let options = value.split(' ').next().unwrap_or_default().trim();
    if options.is_empty() {
        return Ok(skipped);
    }
    for option in options.splitn(3, ';') {
        match option
            .split_once('=')
            .map(|(key, value)| (key.trim(), value.trim()))
        {
            Some(("skip", rules)) => {
                skipped = rules
                    .split(',')
                    .map(|rule| rule.trim().to_owned())
                    .collect()
            }
            Some(("experimental", _)) => {}
            Some(("error", value)) if boolean(value).is_some() => {}
            _ => return Err(option),
        }
    }
    Ok(skipped)
}

/// The class `\s` of Go's regular expressions.
const fn is_blank(char: char) -> bool {
    matches!(char, '\t' | '\n' | '\u{c}' | '\r' | ' ')
}

/// Parses name and value of a parser directive. `line` has no leading blanks. A value of blanks alone is the last one of them.
fn directive(line: &str) -> Option<(String, &str)> {
    let (name, value) = line
        .strip_prefix('#')?
        .trim_start_matches(is_blank)
        .split_once('=')?;
    let name = name.trim_end_matches(is_blank).to_ascii_lowercase();
    let value = match value.trim_matches(is_blank) {
        "" => &value[value.len().saturating_sub(1)..],
        trimmed => trimmed,
    };
    let is_known = matches!(name.as_str(), "syntax" | "escape" | "check");
    (is_known && !value.is_empty()).then_some((name, value))
}
