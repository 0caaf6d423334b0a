//! Parser of program rows: the language of the program database, for this crate and for users.
//!
//! In: text. Out: [`Program`]s, or all errors with line and column. The grammar is in `grammar.md` beside this file.
//! A line is a clause, or several clauses separated by `;`. Indentation has no meaning.

mod lines;

pub(crate) use lines::lines;

use std::collections::BTreeMap;
use std::fmt;

use super::models;
use super::sends::Sends;
use super::signature::{
    Argument, Dashes, Effect, Location, Operands, Opt, Output, Program, Role, Row, Stdin,
};
use crate::clauses::{ClauseWord, clauses};
use crate::suggest;

/// An error in a text of program rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowsError {
    /// Line number, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong and what to write instead: lowercase, without a final dot.
    pub message: String,
}

impl fmt::Display for RowsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for RowsError {}

/// Keywords of the clauses.
const CLAUSES: [&str; 18] = [
    "program",
    "options",
    "case",
    "use",
    "flag",
    "option",
    "attached",
    "command",
    "operands",
    "stdin",
    "output",
    "effect",
    "stores",
    "credentials",
    "loads",
    "sends",
    "dashes",
    "model",
];

impl ClauseWord<'_> {
    fn error(self, message: impl Into<String>) -> RowsError {
        RowsError {
            line: self.line,
            column: self.column,
            message: message.into(),
        }
    }

    /// Creates the error for a word that is not in a list.
    fn unknown<'a>(self, kind: &str, known: impl Iterator<Item = &'a str>) -> RowsError {
        let known: Vec<&str> = known.collect();
        let near = suggest::did_you_mean(self.text, &known);
        self.error(format!(
            "unknown {kind} `{}`{near} (valid: {})",
            self.text,
            known.join(", ")
        ))
    }
}

/// Parses a whole text.
pub(crate) fn parse(text: &str) -> Result<Vec<Program>, Vec<RowsError>> {
    let mut reader = RowsReader::default();
    let mut errors = Vec::new();
    for clause in clauses(text) {
        if let Err(error) = reader.clause(&clause) {
            errors.push(error);
        }
    }
    if errors.is_empty() {
        for program in &mut reader.programs {
            // Options alone form the row of a program that takes nothing else.
            if program.rows.is_empty() && !program.options.is_empty() {
                program.rows.push(Row::new());
            }
            let unsaid = program
                .rows
                .iter_mut()
                .filter(|row| row.credentials.is_empty());
            unsaid.for_each(|row| row.credentials.clone_from(&program.credentials));
            let unsaid = program.rows.iter_mut().filter(|row| row.sends.is_none());
            unsaid.for_each(|row| row.sends.clone_from(&program.sends));
        }
        for row in reader
            .programs
            .iter_mut()
            .flat_map(|program| &mut program.rows)
        {
            store_by_default(row);
        }
        Ok(reader.programs)
    } else {
        Err(errors)
    }
}

/// A row with locations always stores, unless one of its options has the effect `store`.
fn store_by_default(row: &mut Row) {
    let by_option = row
        .options
        .iter()
        .any(|option| option.effect == Some(Effect::Store));
    if !row.stores.is_empty() && !by_option {
        row.effects.push(Effect::Store);
    }
}

/// The target of further options.
#[derive(Default)]
enum Scope {
    #[default]
    Nowhere,
    Group(String),
    Program,
    Row,
}

#[derive(Default)]
struct RowsReader {
    programs: Vec<Program>,
    /// Lists of options that several rows share.
    groups: BTreeMap<String, Vec<Opt>>,
    scope: Scope,
}

impl RowsReader {
    fn clause(&mut self, words: &[ClauseWord<'_>]) -> Result<(), RowsError> {
        let [keyword, rest @ ..] = words else {
            return Ok(());
        };
        match keyword.text {
            "program" => self.program(*keyword, rest),
            "options" => {
                let [name] = rest else {
                    return Err(keyword.error("`options` takes one name, which `use` refers to"));
                };
                self.groups.insert(name.text.to_owned(), Vec::new());
                self.scope = Scope::Group(name.text.to_owned());
                Ok(())
            }
            "case" => {
                let program = self.last_program(*keyword)?;
                program.cases.extend(texts(rest));
                Ok(())
            }
            "use" => rest.iter().try_for_each(|name| {
                let group = self.groups.get(name.text).cloned().ok_or_else(|| {
                    name.unknown("group of options", self.groups.keys().map(String::as_str))
                })?;
                self.options(*keyword)?.extend(group);
                Ok(())
            }),
            "flag" | "option" | "attached" => {
                let option = option(*keyword, rest)?;
                self.options(*keyword)?.push(option);
                Ok(())
            }
            "command" => self.command(*keyword, rest),
            "operands" => self.operands(*keyword, rest),
            "stdin" => {
                let stdin = one(*keyword, rest, Stdin::from_word, Stdin::WORDS)?;
                self.row(*keyword)?.stdin = stdin;
                Ok(())
            }
            "output" => {
                let output = one(*keyword, rest, Output::from_word, Output::WORDS)?;
                self.row(*keyword)?.output = output;
                Ok(())
            }
            "dashes" => {
                let dashes = one(*keyword, rest, Dashes::from_word, Dashes::WORDS)?;
                self.row(*keyword)?.dashes = dashes;
                Ok(())
            }
            "effect" => rest.iter().try_for_each(|word| {
                let effect = Effect::from_word(word.text)
                    .ok_or_else(|| word.unknown("effect", names(Effect::WORDS)))?;
                self.row(*keyword)?.effects.push(effect);
                Ok(())
            }),
            "stores" | "credentials" => {
                for word in rest {
                    for location in word.text.split('+').flat_map(locations) {
                        // In `credentials`, a `*` matches any part of a name.
                        if let Location::Variable(name, _) = location
                            && !(is_variable(name)
                                || keyword.text == "credentials"
                                    && is_variable(&name.replace('*', "")))
                        {
                            return Err(word.error(format!("invalid variable `${name}`")));
                        }
                    }
                }
                let words: Vec<&str> = rest.iter().map(|word| word.text).collect();
                let places = words.join(" ");
                match keyword.text {
                    "stores" => self.row(*keyword)?.stores = places,
                    _ if matches!(self.scope, Scope::Row) => {
                        self.row(*keyword)?.credentials = places;
                    }
                    _ => self.last_program(*keyword)?.credentials = places,
                }
                Ok(())
            }
            "loads" => {
                for word in rest {
                    let name = word.text.strip_prefix('$').unwrap_or_default();
                    if !is_variable(name) {
                        return Err(word.error("`loads` takes variables, such as `$PYTHONPATH`"));
                    }
                    self.last_program(*keyword)?.loads.push(name.to_owned());
                }
                Ok(())
            }
            "sends" => {
                let words: Vec<&str> = rest.iter().map(|word| word.text).collect();
                let sends = Some(Sends::parse(&words).map_err(|error| keyword.error(error))?);
                match self.scope {
                    Scope::Row => self.row(*keyword)?.sends = sends,
                    _ => self.last_program(*keyword)?.sends = sends,
                }
                Ok(())
            }
            "model" => {
                let [name] = rest else {
                    return Err(keyword.error("`model` takes the name of one function"));
                };
                let model = models::find(name.text)
                    .ok_or_else(|| name.unknown("model", models::names()))?;
                self.row(*keyword)?.model = Some(model);
                Ok(())
            }
            _ => Err(keyword.unknown("clause", CLAUSES.into_iter())),
        }
    }

    fn program(
        &mut self,
        keyword: ClauseWord<'_>,
        names: &[ClauseWord<'_>],
    ) -> Result<(), RowsError> {
        if names.is_empty() {
            return Err(keyword.error("`program` takes the names that the program is called by"));
        }
        if let Some(path) = names.iter().find(|name| name.text.contains('/')) {
            return Err(path.error(format!(
                "invalid program name `{}`: write the last component of the path",
                path.text
            )));
        }
        self.programs.push(Program {
            names: texts(names).collect(),
            cases: Vec::new(),
            options: Vec::new(),
            credentials: String::new(),
            loads: Vec::new(),
            sends: None,
            rows: Vec::new(),
        });
        self.scope = Scope::Program;
        Ok(())
    }

    fn command(
        &mut self,
        keyword: ClauseWord<'_>,
        words: &[ClauseWord<'_>],
    ) -> Result<(), RowsError> {
        let command = match words {
            [] => {
                return Err(keyword.error(
                    "`command` takes the words of a sub-command, or `*` for any other and none",
                ));
            }
            [ClauseWord { text: "*", .. }] => Vec::new(),
            words => words
                .iter()
                .map(|word| word.text.split('|').map(str::to_owned).collect())
                .collect(),
        };
        let program = self.last_program(keyword)?;
        program.rows.push(Row {
            command,
            ..Row::new()
        });
        self.scope = Scope::Row;
        Ok(())
    }

    fn operands(
        &mut self,
        keyword: ClauseWord<'_>,
        words: &[ClauseWord<'_>],
    ) -> Result<(), RowsError> {
        let mut operands = Operands {
            first: Vec::new(),
            rest: None,
            last: Vec::new(),
        };
        for word in words {
            let (name, repeats) = match word.text.strip_suffix("...") {
                Some(name) => (name, true),
                None => (word.text, false),
            };
            let role =
                Role::from_word(name).ok_or_else(|| word.unknown("role", names(Role::WORDS)))?;
            match (repeats, operands.rest) {
                (true, None) => operands.rest = Some(role),
                (true, Some(_)) => {
                    return Err(word.error("only one role of the operands can end in `...`"));
                }
                (false, None) => operands.first.push(role),
                (false, Some(_)) => operands.last.push(role),
            }
        }
        self.row(keyword)?.operands = operands;
        Ok(())
    }

    fn last_program(&mut self, keyword: ClauseWord<'_>) -> Result<&mut Program, RowsError> {
        self.programs
            .last_mut()
            .ok_or_else(|| keyword.error(format!("`{}` before the first `program`", keyword.text)))
    }

    /// Returns the row of a clause. Before the first `command` that is the row without sub-command.
    fn row(&mut self, keyword: ClauseWord<'_>) -> Result<&mut Row, RowsError> {
        if !matches!(self.scope, Scope::Row) {
            let program = self.last_program(keyword)?;
            if program.rows.is_empty() {
                program.rows.push(Row::new());
            }
        }
        let program = self.last_program(keyword)?;
        Ok(program
            .rows
            .last_mut()
            .expect("there is one, or it was just made"))
    }

    /// Returns the list that an option belongs to.
    fn options(&mut self, keyword: ClauseWord<'_>) -> Result<&mut Vec<Opt>, RowsError> {
        match &self.scope {
            Scope::Group(name) => Ok(self
                .groups
                .get_mut(name)
                .expect("the scope was made with it")),
            Scope::Row => Ok(&mut self.row(keyword)?.options),
            Scope::Program | Scope::Nowhere => Ok(&mut self.last_program(keyword)?.options),
        }
    }
}

/// `NAME.. [: ROLE.. [EFFECT..]]`
fn option(keyword: ClauseWord<'_>, words: &[ClauseWord<'_>]) -> Result<Opt, RowsError> {
    let mut names_of_option = Vec::new();
    let mut words = words.iter();
    for word in words.by_ref() {
        // curl has an option `-:`.
        let (name, ends) = match word.text.strip_suffix(':') {
            Some(name) if name.len() > 1 => (name, true),
            _ => (word.text, false),
        };
        if !name.starts_with(['-', '+', '/']) {
            return Err(word.error(format!(
                "invalid option `{name}`: names begin with a dash, and a `:` ends them"
            )));
        }
        names_of_option.push(name.to_owned());
        if ends {
            break;
        }
    }
    if names_of_option.is_empty() {
        return Err(keyword.error(format!("`{}` takes the names of an option", keyword.text)));
    }
    let (mut roles, mut effect) = (Vec::new(), None);
    for word in words {
        if let Some(role) = Role::from_word(word.text) {
            roles.push(role);
        } else if let Some(found) = Effect::from_word(word.text) {
            effect = Some(found);
        } else {
            let known = names(Role::WORDS).chain(names(Effect::WORDS));
            return Err(word.unknown("role or effect", known));
        }
    }
    let argument = match (keyword.text, roles.as_slice()) {
        ("flag", []) => Argument::None,
        ("flag", _) => {
            return Err(keyword.error("a flag has no value: write `option` or `attached`"));
        }
        ("option", [role]) => Argument::Value(*role),
        ("option", [_, ..]) => Argument::Several(roles),
        ("attached", [role]) => Argument::Attached(*role),
        _ => {
            return Err(keyword.error(format!(
                "`{}` takes a role after the names: `{}: credential`",
                keyword.text,
                names_of_option.join(" ")
            )));
        }
    };
    Ok(Opt {
        names: names_of_option,
        argument,
        effect,
    })
}

/// Parses the locations of a `stores` clause, in the order in which a program tries them. An invalid variable name is a path.
pub(crate) fn locations(text: &str) -> impl Iterator<Item = Location<'_>> {
    let split = |text| match str::split_once(text, '/') {
        Some((head, rest)) => (head, Some(rest)),
        None => (text, None),
    };
    text.split_whitespace().map(move |word| {
        if let Some(variable) = word.strip_prefix('$') {
            let (name, rest) = split(variable);
            Location::Variable(name, rest)
        } else if word.starts_with('-') {
            let (name, rest) = split(word);
            Location::Option(name, rest)
        } else {
            Location::Path(word)
        }
    })
}

fn is_variable(name: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(is_letter)
}

/// Returns the names of each program in a text, without parsing the rest.
pub(crate) fn program_names(text: &str) -> impl Iterator<Item = impl Iterator<Item = &str>> {
    let mut lines = text.lines();
    std::iter::from_fn(move || {
        let first = lines.find_map(|line| line.strip_prefix("program "))?;
        let mut names = vec![first];
        while names.last().is_some_and(|line| line.ends_with('\\')) {
            names.extend(lines.next());
        }
        let names = names.into_iter().flat_map(str::split_whitespace);
        Some(names.filter(|name| *name != "\\"))
    })
}

/// Parses the only word of a clause.
fn one<T: Copy>(
    keyword: ClauseWord<'_>,
    words: &[ClauseWord<'_>],
    from_word: fn(&str) -> Option<T>,
    known: &'static [(&str, T, &str)],
) -> Result<T, RowsError> {
    match words {
        [word] => from_word(word.text).ok_or_else(|| word.unknown(keyword.text, names(known))),
        _ => Err(keyword.error(format!(
            "`{}` takes one of {}",
            keyword.text,
            names(known).collect::<Vec<_>>().join(", ")
        ))),
    }
}

fn names<T>(
    words: &'static [(&'static str, T, &'static str)],
) -> impl Iterator<Item = &'static str> + Clone {
    words.iter().map(|(word, ..)| *word)
}

fn texts<'a>(words: &'a [ClauseWord<'_>]) -> impl Iterator<Item = String> + 'a {
    words.iter().map(|word| word.text.to_owned())
}

#[cfg(test)]
mod tests;
