//! A shell script with its mounts and decisions: the value of `sh!` and the argument of RUN.
//!
//! In: the checked pieces of a script. Out: its text, and the mounts and decisions of its values. A script was analysed together
//! with its mounts: none is added or removed afterwards.

mod template;

use std::fmt;

use dockerfile_dsl_analysis::dockerfile::Danger;
use dockerfile_dsl_analysis::holes::Quote;
use dockerfile_dsl_analysis::programs::ProgramLine;

use crate::Secret;
use crate::danger::{self, Decision, Place};
use crate::masked_debug::Masked;
use crate::value::{AnyValue, HolePlace, ScriptMount, Writer};

pub use template::ScriptTemplate;

/// A checked shell script for RUN: the value of `sh!("...")`.
#[derive(Clone, PartialEq, Eq)]
pub struct Script {
    text: String,
    dialect: Dialect,
    mounts: Vec<ScriptMount>,
    decisions: Vec<Decision>,
    problems: Vec<String>,
}

/// Shell language of a script.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `/bin/sh`.
    #[default]
    Posix,
    /// `bash`: `@shell(bash)`.
    Bash,
}

impl Script {
    /// Returns the shell text that RUN runs, before `set -e` is added.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Returns the mounts in the order of their first use.
    pub(crate) fn mounts(&self) -> &[ScriptMount] {
        &self.mounts
    }

    /// Returns the author's decisions of trust.
    pub(crate) fn decisions(&self) -> &[Decision] {
        &self.decisions
    }

    /// Returns problems that make the text impossible (a NUL in a value, ...), one sentence each. `Dockerfile::from_stage` has to
    /// refuse such a script.
    pub(crate) fn problems(&self) -> &[String] {
        &self.problems
    }

    /// Assembles a script; called by the expansion of `sh!`.
    #[doc(hidden)]
    #[must_use]
    pub fn __assemble(
        pieces: &[Piece<'_>],
        extras: &[Extra<'_>],
        file: &'static str,
        line: u32,
    ) -> Self {
        let mut writer = Writer::default();
        for (index, piece) in pieces.iter().enumerate() {
            match *piece {
                Piece::Text(text) => writer.literal(text),
                Piece::Hole(name, value, quote) => {
                    let after = match pieces.get(index + 1) {
                        Some(Piece::Text(text)) => text.bytes().next(),
                        _ => None,
                    };
                    writer.place(HolePlace {
                        hole: name.to_owned(),
                        quote,
                        after,
                    });
                    value.write(&mut writer);
                }
            }
        }
        let mut dialect = Dialect::Posix;
        let mut rows = Vec::new();
        for extra in extras {
            match *extra {
                Extra::Bash => dialect = Dialect::Bash,
                Extra::Mount(secret, target) => {
                    writer.mount(ScriptMount::SecretFile {
                        secret: *secret,
                        target: Some(target.to_owned()),
                    });
                }
                Extra::Env(secret, variable, reason) => writer.mount(ScriptMount::SecretEnv {
                    secret: *secret,
                    variable: variable.to_owned(),
                    reason: reason.to_owned(),
                }),
                Extra::Trust(program, output, reason) => {
                    let program = program.to_owned();
                    writer.decide(Danger::Trust { program, output }, reason);
                }
                Extra::Declassify(secret, program, reason) => {
                    let decision = danger::declassify_issued(secret, program, reason);
                    writer.decisions.push(Decision {
                        place: None,
                        ..decision
                    });
                }
                Extra::ProjectCode(secret, reason) => {
                    let id = secret.id().to_owned();
                    writer.decide(Danger::ProjectCode { id }, reason);
                }
                Extra::AllowCache(reason) => writer.decide(Danger::AllowCache, reason),
                Extra::Decision(decision) => writer.decisions.push(decision.clone()),
                Extra::Programs(text, from) => rows.push((text, from)),
            }
        }
        for (text, from) in rows {
            // The mistakes of the rows are reported where the rows are given.
            let lines = ProgramLine::read(text).unwrap_or_default().into_iter();
            let named = lines.filter(|line| line.is_named_in(&writer.text));
            let rows: Vec<String> = named.map(|line| line.rows).collect();
            for rows in rows {
                writer.decide(Danger::Program { rows }, &format!("rows of {from}"));
            }
        }
        for decision in &mut writer.decisions {
            let said = decision.place.take();
            let hole = said.and_then(|place| place.hole);
            decision.place = Some(Place { file, line, hole });
        }
        let Writer {
            text,
            mounts,
            decisions,
            mut problems,
            ..
        } = writer;
        problems.extend(closed_here_documents(pieces, &text));
        Self {
            text,
            dialect,
            mounts,
            decisions,
            problems,
        }
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script")
            .field("text", &Masked(&self.text))
            .field("mounts", &Masked(&self.mounts))
            .finish_non_exhaustive()
    }
}

/// A piece of a script.
#[doc(hidden)]
#[derive(Clone, Copy)]
#[expect(
    missing_debug_implementations,
    reason = "holds a value, which is written and never printed"
)]
pub enum Piece<'a> {
    /// Text of the author.
    Text(&'a str),
    /// A value: the hole's name, the value, and how it is quoted.
    Hole(&'a str, &'a dyn AnyValue, Quote),
}

/// An argument of `sh!` after the text.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum Extra<'a> {
    /// `@shell(bash)`.
    Bash,
    /// `@mount(SECRET => "/path")`.
    Mount(&'a Secret, &'a str),
    /// `@env(SECRET => "NAME", "reason")`.
    Env(&'a Secret, &'a str, &'a str),
    /// `@trust("program", "reason")`, and whether its output is trusted.
    Trust(&'a str, bool, &'a str),
    /// `@declassify(SECRET, "program", "reason")`.
    Declassify(&'a Secret, &'a str, &'a str),
    /// `@project_code(SECRET, "reason")`.
    ProjectCode(&'a Secret, &'a str),
    /// `@allow_cache("reason")`.
    AllowCache(&'a str),
    /// Any decision: `ScriptTemplate::decide`.
    Decision(&'a Decision),
    /// `@programs("programs.rows")`: text and name of the file.
    Programs(&'a str, &'a str),
}

/// Checks that no value in a here-document forms a line that closes it. The delimiters come from the author's text.
fn closed_here_documents(pieces: &[Piece<'_>], text: &str) -> Option<String> {
    let multiline = pieces.iter().any(|piece| {
        matches!(
            piece,
            Piece::Hole(_, _, Quote::HereDocument | Quote::Nested | Quote::Verbatim)
        )
    });
    if !multiline {
        return None;
    }
    let mut author = String::new();
    for piece in pieces {
        author.push_str(if let Piece::Text(text) = piece {
            text
        } else {
            "\u{0}"
        });
    }
    for (at, opening) in author.match_indices("<<") {
        let rest = author[at + opening.len()..]
            .trim_start_matches('-')
            .trim_start_matches([' ', '\t', '\'', '"', '\\']);
        let end = rest
            .find(|character: char| character.is_whitespace() || "'\";|&<>()".contains(character));
        let delimiter = &rest[..end.unwrap_or(rest.len())];
        if !delimiter.is_empty() && ends(text, delimiter) > ends(&author, delimiter) {
            return Some(format!(
                "a value would close the here-document `{delimiter}`"
            ));
        }
    }
    None
}

/// Counts the lines that would end a here-document with this delimiter.
fn ends(text: &str, delimiter: &str) -> usize {
    let mut ends = 0;
    for line in text.lines() {
        ends += usize::from(line.trim_start_matches('\t') == delimiter);
    }
    ends
}

#[cfg(test)]
mod tests;
