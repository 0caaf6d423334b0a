//! List of the programs in this crate's database.
//!
//! In: the families. Out: each program with its cases, and the page `docs/programs.md`, which a test keeps up to date.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::rows::lines;
use super::{Argument, FAMILIES, Family, Program, Role, Stdin};

/// A program of this crate's database.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct KnownProgram {
    /// Name of the file with its rows.
    pub family: &'static str,
    /// Names of the program.
    pub names: &'static [String],
    /// The executed cases that back its rows.
    pub cases: &'static [String],
}

/// Returns every program of this crate's database, family by family.
pub fn known() -> impl Iterator<Item = KnownProgram> {
    FAMILIES.iter().flat_map(|family| {
        family.programs().iter().map(|program| KnownProgram {
            family: family.name,
            names: &program.names,
            cases: &program.cases,
        })
    })
}

/// Renders the page of all known programs, in Markdown.
#[must_use]
pub fn page() -> String {
    let mut page = include_str!("page_head.md").to_owned();
    for family in &FAMILIES {
        write_family(&mut page, family);
    }
    page
}

fn write_family(page: &mut String, family: &Family) {
    let comments = family.text.lines().take_while(|line| line.starts_with('#'));
    let head: Vec<&str> = comments
        .map(|line| line.trim_start_matches(['#', ' ']))
        .filter(|line| !line.starts_with("After the names"))
        .collect();
    let head = head.join(" ");
    // Writing to a String cannot fail.
    let _ = write!(
        page,
        "\n## {}\n\n{head}\n\n\
         | program | sub-commands | credentials | stores | function |\n|---|---|---|---|---|\n",
        family.name
    );
    for (program, (_, line)) in family.programs().iter().zip(lines(family.text)) {
        let cells = [
            code(program.names.iter().map(String::as_str)),
            commands(program),
            credentials(program),
            code(stores(program)),
            code(functions(&line)),
        ];
        let _ = writeln!(page, "| {} |", cells.join(" | "));
    }
}

/// Formats the words as code, without duplicates, in order.
fn code<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut seen = BTreeSet::new();
    let words = words.into_iter().filter(|word| seen.insert(*word));
    words
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(" ")
}

fn commands(program: &Program) -> String {
    let named = program.rows.iter().filter(|row| !row.command.is_empty());
    let written: Vec<String> = named
        .map(|row| {
            let words = row.command.iter().map(|words| words.join("\\|"));
            format!("`{}`", words.collect::<Vec<_>>().join(" "))
        })
        .collect();
    let takes_any = program.rows.iter().any(|row| row.command.is_empty());
    match (written.is_empty(), takes_any) {
        (true, _) => String::new(),
        (false, true) => format!("{}, other", written.join(" ")),
        (false, false) => written.join(" "),
    }
}

fn credentials(program: &Program) -> String {
    let is_credential = |role: &Role| {
        matches!(
            role,
            Role::Credential | Role::CredentialFile | Role::CredentialOrFile
        )
    };
    let options = program.options.iter();
    let options = options.chain(program.rows.iter().flat_map(|row| &row.options));
    let options = options.filter(|option| match &option.argument {
        Argument::Value(role) | Argument::Attached(role) => is_credential(role),
        Argument::Several(roles) => roles.iter().any(is_credential),
        Argument::None => false,
    });
    let mut cells = vec![code(
        options.flat_map(|option| option.names.iter().map(String::as_str)),
    )];
    let operands = |row: &super::Row| {
        let operands = &row.operands;
        let mut roles = operands
            .first
            .iter()
            .chain(&operands.rest)
            .chain(&operands.last);
        roles.any(is_credential)
    };
    if program.rows.iter().any(operands) {
        cells.push("operands".to_owned());
    }
    let rows = &program.rows;
    if rows.iter().any(|row| row.stdin == Stdin::Credential) {
        cells.push("standard input".to_owned());
    }
    let places = program.rows.iter().map(|row| row.credentials.as_str());
    cells.push(code(places.flat_map(str::split_whitespace)));
    cells.retain(|cell| !cell.is_empty());
    cells.join(", ")
}

fn stores(program: &Program) -> impl Iterator<Item = &str> {
    let rows = program.rows.iter();
    rows.flat_map(|row| row.stores.split_whitespace())
}

/// Returns the models that the rows on this line name.
fn functions(line: &str) -> impl Iterator<Item = &str> {
    line.split("; ")
        .filter_map(|clause| clause.strip_prefix("model "))
}
