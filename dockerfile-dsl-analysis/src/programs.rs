//! What programs do with the arguments, files and variables that they are given, as data.
//!
//! In: the words of a command. Out: the `Program` with its `Row`s, each an argument shape and its effect. The rows are text, one
//! `.rows` file a family, in the language of `programs/grammar.md`; what data cannot say is a model, a function that a row names.
//! Default deny holds per argument: an option, operand or sub-command that no row covers is opaque as soon as a secret is in it.
//! A row says what the program does with a *secret*; without one nothing here is ever a reason to refuse a script.
#![doc = ""]
#![doc = include_str!("programs/grammar.md")]

mod archives;
mod awk;
mod cloud;
mod common;
mod coreutils;
mod crypto;
mod file_tools;
mod filters;
mod find;
mod git;
mod idioms;
mod interpreters;
mod known;
mod languages;
mod models;
mod network;
mod node;
mod pythons;
pub(crate) mod rows;
mod sed;
mod shells;
mod signature;
mod system;
mod text;

pub use known::{KnownProgram, known, page};
pub use rows::RowsError;
pub(crate) use signature::{
    Argument, Dashes, Effect, Location, Opt, Output, Program, Role, Row, Stdin,
};

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

/// The programs of one `.rows` file, read when the first of them is asked for.
struct Family {
    /// The name of the file.
    name: &'static str,
    text: &'static str,
    programs: OnceLock<Vec<Program>>,
}

impl Family {
    const fn new(name: &'static str, text: &'static str) -> Self {
        Self {
            name,
            text,
            programs: OnceLock::new(),
        }
    }

    /// # Panics
    ///
    /// With the mistakes in the file, which a test looks for.
    fn programs(&self) -> &[Program] {
        self.programs.get_or_init(|| {
            rows::parse(self.text).unwrap_or_else(|errors| panic!("{}: {errors:?}", self.name))
        })
    }
}

/// Declares the families; where two have a program of one name, the first is taken.
macro_rules! families {
    ($($file:literal)+) => {
        [$(Family::new($file, include_str!(concat!("programs/", $file)))),+]
    };
}

static FAMILIES: [Family; 16] = families![
    "filters.rows" "file_tools.rows" "coreutils.rows" "shells.rows"
    "text.rows" "interpreters.rows" "git.rows" "find.rows"
    "archives.rows" "network.rows" "node.rows" "pythons.rows"
    "languages.rows" "crypto.rows" "cloud.rows" "system.rows"
];

/// The family of each name, and the number of its program in the family's file. Only the lines that begin a program are read for it.
static BY_NAME: LazyLock<HashMap<&str, (&Family, usize)>> = LazyLock::new(|| {
    let mut by_name = HashMap::new();
    for family in &FAMILIES {
        for (index, names) in rows::program_names(family.text).enumerate() {
            for name in names {
                by_name.entry(name).or_insert((family, index));
            }
        }
    }
    by_name
});

/// The programs of the author, besides those of this crate. The default has none.
#[derive(Debug, Clone, Default)]
pub struct Programs {
    programs: Vec<Program>,
}

impl Programs {
    /// No programs besides those of this crate.
    pub const NONE: &'static Self = &Self {
        programs: Vec::new(),
    };

    /// Reads program rows: the language is described in
    /// [`programs/grammar.md`](https://github.com/dockerfile-dsl/dockerfile-dsl/blob/main/dockerfile-dsl-analysis/src/programs/grammar.md).
    ///
    /// # Errors
    ///
    /// Every mistake, with line, column and the valid words.
    pub fn parse(text: &str) -> Result<Self, Vec<RowsError>> {
        rows::parse(text).map(|programs| Self { programs })
    }

    /// Reads the rows of one program as a `# dockerfile-dsl: program=".."` comment holds them: see [`ProgramLine::rows`].
    ///
    /// # Errors
    ///
    /// The first mistake, as a sentence about the rows.
    pub fn parse_line(rows: &str) -> Result<Self, String> {
        const KEYWORD: &str = "program ";
        let programs = Self::parse(&format!("{KEYWORD}{rows}")).map_err(|errors| {
            let first = errors.first().map(|error| {
                let column = error.column.saturating_sub(KEYWORD.len()).max(1);
                format!("column {column} of its rows: {}", error.message)
            });
            first.unwrap_or_default()
        })?;
        match programs.programs.as_slice() {
            [_] => Ok(programs),
            _ => Err("describes more than one program: write a comment for each".to_owned()),
        }
    }

    /// Adds the programs of another text; those that were there first come first.
    pub fn extend(&mut self, other: Self) {
        self.programs.extend(other.programs);
    }

    /// The program that a command word names: by its last component, and without a version behind it (`python3.11`, `gcc-12`). The
    /// author's come before those of this crate.
    pub(crate) fn find(&self, word: &str) -> Option<&Program> {
        let name = word.rsplit('/').next().unwrap_or(word);
        let unversioned = name
            .trim_end_matches(|c: char| c.is_ascii_digit() || c == '.')
            .trim_end_matches('-');
        [name, unversioned].into_iter().find_map(|name| {
            let is_called_so = |program: &&Program| program.names.iter().any(|own| own == name);
            let own = self.programs.iter().find(is_called_so);
            own.or_else(|| built_in(name))
        })
    }
}

/// The rows of one program on one line, as a comment of a Dockerfile holds them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProgramLine {
    /// The names that it is called by.
    pub names: Vec<String>,
    /// The clauses with `;` between them, beginning with the names.
    pub rows: String,
}

impl ProgramLine {
    /// The programs of a text of rows.
    ///
    /// # Errors
    ///
    /// As [`Programs::parse`].
    pub fn read(text: &str) -> Result<Vec<Self>, Vec<RowsError>> {
        Programs::parse(text)?;
        let line = |(names, rows): (_, String)| Self {
            names,
            rows: rows.strip_prefix("program ").unwrap_or(&rows).to_owned(),
        };
        Ok(rows::lines(text).into_iter().map(line).collect())
    }

    /// The names that rows on one line begin with.
    pub fn names_of(rows: &str) -> impl Iterator<Item = &str> {
        let names = rows.split(';').next().unwrap_or_default();
        names.split_whitespace()
    }

    /// Whether a text may call it: one of its names is somewhere in it.
    #[must_use]
    pub fn is_named_in(&self, text: &str) -> bool {
        self.names.iter().any(|name| text.contains(name.as_str()))
    }
}

/// The program of this crate's tables that has the name.
fn built_in(name: &str) -> Option<&'static Program> {
    let (family, index) = BY_NAME.get(name)?;
    family.programs().get(*index)
}

#[cfg(test)]
mod tests {
    use super::FAMILIES;

    #[test]
    fn every_family_is_read() {
        for family in &FAMILIES {
            let names = super::rows::program_names(family.text).map(Iterator::collect::<Vec<_>>);
            let read = family.programs().iter().map(|program| &program.names);
            assert!(names.eq(read.cloned()), "{}", family.name);
        }
    }

    #[test]
    fn every_program_names_its_cases() {
        for family in &FAMILIES {
            for program in family.programs() {
                assert!(
                    !program.cases.is_empty(),
                    "{}: {:?}",
                    family.name,
                    program.names
                );
            }
        }
    }
}
