//! The program database: what programs do with their arguments, files and variables, as data.
//!
//! In: the words of a command. Out: the `Program` with its `Row`s, each an argument shape and its effects. Rows are text, one `.rows` file
//! for each family, in the language of `programs/grammar.md`. A model, a Rust function that a row names, does what data cannot express.
//! Default deny applies to each argument: an option, operand or sub-command that no row covers is opaque as soon as it contains a secret. A
//! row describes effects on a *secret*; a script without secrets is never rejected because of a row.
#![doc = ""]
#![doc = include_str!("programs/grammar.md")]

mod archives;
mod awk;
mod cloud;
pub(crate) mod common;
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
mod mention;
mod models;
mod network;
mod node;
mod pythons;
pub(crate) mod rows;
mod sed;
pub(crate) mod sends;
mod services;
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

/// The programs of one `.rows` file, parsed on first use.
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
    /// If the file contains an error. A test parses all files.
    fn programs(&self) -> &[Program] {
        self.programs.get_or_init(|| {
            rows::parse(self.text).unwrap_or_else(|errors| panic!("{}: {errors:?}", self.name))
        })
    }
}

/// Declares the families. If two have a program of the same name, the first one is used.
macro_rules! families {
    ($($file:literal)+) => {
        [$(Family::new($file, include_str!(concat!("programs/", $file)))),+]
    };
}

static FAMILIES: [Family; 17] = families![
    "filters.rows" "file_tools.rows" "coreutils.rows" "shells.rows"
    "text.rows" "interpreters.rows" "git.rows" "find.rows"
    "archives.rows" "network.rows" "node.rows" "pythons.rows"
    "languages.rows" "crypto.rows" "cloud.rows" "services.rows"
    "system.rows"
];

/// The family of each name, and the index of its program in the family's file. Building it reads only the lines that begin a program.
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

/// The author's own programs, in addition to those of this crate. Empty by default.
#[derive(Debug, Clone, Default)]
pub struct Programs {
    programs: Vec<Program>,
}

impl Programs {
    /// An empty set: only the programs of this crate.
    pub const NONE: &'static Self = &Self {
        programs: Vec::new(),
    };

    /// Parses program rows. The language is described in
    /// [`programs/grammar.md`](https://github.com/dockerfile-dsl/dockerfile-dsl/blob/main/dockerfile-dsl-analysis/src/programs/grammar.md).
    ///
    /// # Errors
    ///
    /// All errors, each with line, column and the valid words.
    pub fn parse(text: &str) -> Result<Self, Vec<RowsError>> {
        rows::parse(text).map(|programs| Self { programs })
    }

    /// Parses the rows of one program from a `# dockerfile-dsl: program=".."` comment: see [`ProgramLine::rows`].
    ///
    /// # Errors
    ///
    /// The first error, as a sentence about the rows.
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

    /// Adds the programs of another set. Existing ones take precedence.
    pub fn extend(&mut self, other: Self) {
        self.programs.extend(other.programs);
    }

    /// Finds a program by its command word: the last path component, also without a version suffix (`python3.11`, `gcc-12`). The author's
    /// programs take precedence over those of this crate.
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

/// The rows of one program on one line, as a Dockerfile comment contains them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProgramLine {
    /// Names of the program.
    pub names: Vec<String>,
    /// The clauses separated by `;`, beginning with the names.
    pub rows: String,
}

impl ProgramLine {
    /// Parses a text of rows.
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

    /// Returns the names at the beginning of rows on one line.
    pub fn names_of(rows: &str) -> impl Iterator<Item = &str> {
        let names = rows.split(';').next().unwrap_or_default();
        names.split_whitespace()
    }

    /// Whether a text may call it: the text contains one of its names.
    #[must_use]
    pub fn is_named_in(&self, text: &str) -> bool {
        self.names.iter().any(|name| text.contains(name.as_str()))
    }
}

/// Returns the program with this name from this crate's database.
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
