//! One call of a program, as its row or model sees it: arguments in, effects on the state out.

mod answer;
mod code;
mod file_system;
mod listed;
mod names;
mod opaque;
mod process;

pub(crate) use names::are_several;
use std::rc::Rc;

use crate::Span;
use crate::domain::Argument;
use crate::domain::code::Code;
use crate::domain::files::{FilePlace, Path};
use crate::domain::state::{State, Status};
use crate::domain::symbol::{Component, SymbolicPath};
use crate::domain::value::{Taint, Value};
use crate::domain::{Cause, Sink, Step};
use crate::interpreter::Machine;
use crate::interpreter::row::parse::{Given, Parsed};
use crate::programs::rows::locations;
use crate::programs::{Argument as ArgumentShape, Effect, Location, Row};

/// One call of a program.
#[derive(Debug)]
pub(crate) struct Call<'c, 'm> {
    pub(crate) machine: &'c mut Machine<'m>,
    pub(crate) state: State,
    /// Name of the program, without its directory.
    pub(crate) name: Rc<str>,
    /// Span of the whole command.
    pub(crate) span: Span,
    /// All words after the name.
    pub(crate) arguments: Rc<[Argument]>,
    pub(super) row: &'m Row,
    pub(super) parsed: Parsed<'m>,
    /// Data that the program read or prints.
    pub(crate) data: Value,
    /// Credentials, keys, patterns.
    pub(crate) consumed: Taint,
    /// Taint of sizes and numbers that were computed from fragments.
    pub(super) amount: Taint,
    /// What it gets from others and sends: the answers of credential helpers.
    pub(crate) sent: Taint,
    /// Data that the program stores by its purpose.
    pub(crate) stored: Value,
    pub(super) status: Status,
    /// The path on which the command failed with other effects.
    pub(super) failed: Option<State>,
    /// The directory of relative paths, if an option changed it.
    pub(super) directory: Option<Value>,
    /// The names of files and variables in texts of the script that it read.
    pub(super) code: Vec<Code>,
    /// Whether it wrote to standard output, itself or by a program that it ran.
    pub(super) has_printed: bool,
}

impl<'m> Call<'_, 'm> {
    // Arguments.

    /// Whether the option is present, in any of its spellings in the row.
    pub(crate) fn has(&self, option: &str) -> bool {
        self.parsed.options.iter().any(|given| given.is(option))
    }

    /// Returns the last value of the option.
    pub(crate) fn option(&self, option: &str) -> Option<Argument> {
        self.options(option).pop()
    }

    /// Returns all values of the option, in order.
    pub(crate) fn options(&self, option: &str) -> Vec<Argument> {
        self.all_options(&[option])
    }

    /// Returns the values of several options.
    pub(crate) fn all_options(&self, options: &[&str]) -> Vec<Argument> {
        let given = |option| {
            self.parsed
                .options
                .iter()
                .filter(move |given| given.is(option))
        };
        let values = options.iter().flat_map(|option| given(*option));
        values
            .inspect(|given| given.is_used.set(true))
            .flat_map(|given| given.values.iter().cloned())
            .collect()
    }

    /// Returns the values of options that the row itself lists, not the program: `git clone -c` without `git -c`.
    pub(crate) fn options_of_row(&self, options: &[&str]) -> Vec<Argument> {
        let is_own = |given: &&Given<'_>| {
            let mut own = self.row.options.iter();
            own.any(|shape| std::ptr::eq(shape, given.shape))
                && options.iter().any(|option| given.is(option))
        };
        let given = self.parsed.options.iter().filter(is_own);
        given
            .inspect(|given| given.is_used.set(true))
            .flat_map(|given| given.values.iter().cloned())
            .collect()
    }

    /// Returns the words besides options and the sub-command.
    pub(crate) fn operands(&self) -> Vec<Argument> {
        self.parsed.operands.clone()
    }

    /// Returns the options that no row covers.
    pub(crate) fn unknown_options(&self) -> &[Argument] {
        &self.parsed.unknown
    }

    /// Returns all operands but the last, and the last; or all, and the directory of `-t`. `None` if there are too few.
    pub(crate) fn sources_and_target(&self) -> Option<(Vec<Argument>, Argument)> {
        let mut operands = self.operands();
        let target = match self.option("-t") {
            Some(directory) => directory,
            None => operands.pop()?,
        };
        if operands.is_empty() {
            None
        } else {
            Some((operands, target))
        }
    }

    /// Returns the value of an exported variable.
    pub(crate) fn env(&self, name: &str) -> Option<Value> {
        let value = self.exported(name)?;
        self.state.files.ask_value(&value);
        Some(value)
    }

    fn exported(&self, name: &str) -> Option<Value> {
        let variable = self.state.process.variable(name)?;
        variable.exported.then(|| variable.value.clone())
    }

    /// Whether the exported variable is true: set, and not empty, `0`, `false` or `no`.
    pub(crate) fn env_says_yes(&self, name: &str) -> bool {
        self.env(name).is_some_and(|value| {
            !matches!(value.literal().as_deref(), Some("" | "0" | "false" | "no"))
        })
    }

    /// Returns the home directory.
    pub(crate) fn home(&self) -> Value {
        self.state
            .process
            .variable("HOME")
            .map_or_else(|| Value::known("/root"), |home| home.value.clone())
    }

    // Reading.

    /// Reads standard input.
    pub(crate) fn stdin(&mut self) -> Value {
        let input = self.peek_stdin();
        self.reads_code(&input);
        let name = &self.name;
        input.step_if(self.span, &|| Step::ReadInput {
            program: name.clone(),
        })
    }

    pub(crate) fn peek_stdin(&self) -> Value {
        self.state.input(0)
    }

    /// Reads the file that the argument names; `-` is standard input. An error message quotes a secret in the path itself.
    pub(crate) fn read(&mut self, path: &Argument) -> Value {
        if path.text().as_deref() == Some("-") {
            return self.stdin();
        }
        self.quote_in_errors(path);
        for named in self.paths(path) {
            self.may_alias(&named.key, path.span);
        }
        // One of several public files, selected by a fragment of a secret.
        let chosen = self.small(path);
        let content = self.peek(path);
        self.reads_code(&content);
        let name = &self.name;
        content.with(&chosen).step_if(path.span, &|| Step::Read {
            program: name.clone(),
        })
    }

    /// A path of the author's may alias any file that a secret was written to.
    fn may_alias(&mut self, key: &SymbolicPath, span: Span) {
        let key = self.state.files.follow(key);
        let FilePlace::Hole(hole) = self.state.files.place(&key) else {
            return;
        };
        let taint = self.state.files.written_besides(&key);
        let name = self.name.clone();
        self.machine
            .event(Sink::Alias(name), &taint, span, Some(hole));
    }

    /// Reads a file without recording a step.
    pub(crate) fn peek(&self, path: &Argument) -> Value {
        let mut all: Option<Value> = None;
        for path in self.paths(path) {
            let content = self
                .state
                .read(&path.key)
                .unwrap_or_else(|| self.machine.unknown(Taint::NONE))
                .with(&self.reached(&path));
            all = Some(all.map_or_else(|| content.clone(), |all| all.join(&content)));
        }
        all.unwrap_or_else(Value::empty)
    }

    /// Reads the file, or everything beneath the directory, including mounted secrets.
    pub(crate) fn read_tree(&mut self, path: &Argument) -> Value {
        let mut value = self.read(path);
        for place in self.paths(path) {
            let key = self.state.files.follow(&place.key);
            let taint = if self.means_own_files(path, &key) {
                self.state.files.own_tree_taint(&key)
            } else {
                self.state.files.tree_taint(&key)
            };
            if taint.is_some() {
                value = value.with(&taint.step(
                    self.span,
                    Step::ReadBeneath {
                        program: self.name.clone(),
                        path: key.clone(),
                    },
                ));
            }
        }
        value
    }

    /// Whether a relative path means the step's own files, not the whole file system: it names the working directory, or by `*` the files
    /// in it, and that is only assumed to be the root. [`Machine::sweep`] covers the case that it is the root.
    pub(crate) fn means_own_files(&self, path: &Argument, key: &SymbolicPath) -> bool {
        let is_relative = !path.value.known_prefix().starts_with('/');
        let is_at_root = self.directory.is_none()
            && self.state.process.cwd_is_assumed
            && self.state.process.cwd.literal().as_deref() == Some("/");
        let depth = key.components().len() - usize::from(key.is_absolute());
        let is_root = key.is_root() || path.matched && depth <= 1;
        if !(is_relative && is_at_root && is_root) {
            return false;
        }
        self.machine.log.used_assumed_cwd.set(true);
        !self.machine.frame.root_is_certain
    }

    /// Whether the argument is known to name an existing file.
    pub(crate) fn exists(&self, path: &Argument) -> bool {
        self.paths(path).iter().any(|path| {
            let key = self.state.files.follow_parent(&path.key);
            self.state.files.entry(&key).is_some()
        })
    }

    /// Whether the argument is known to name a directory.
    pub(crate) fn is_directory(&self, path: &Argument) -> bool {
        if path.value.literal().is_some_and(|text| text.ends_with('/')) {
            return true;
        }
        self.paths(path).iter().any(|path| {
            let key = self.state.files.follow(&path.key);
            self.state.files.is_directory(&key)
        })
    }

    /// Whether the argument names a file in a directory that is known to exist, or that `-D` creates.
    pub(crate) fn has_parent(&self, path: &Argument) -> bool {
        let parent = path.value.concat(&Value::known("/.."));
        let parent = Argument::new(parent, path.span);
        self.has("-D") || self.is_directory(&parent)
    }

    /// Whether a file written there is part of the image.
    pub(crate) fn leads_to_layer(&self, path: &Argument) -> bool {
        let files = &self.state.files;
        let leads = |path: &Path| files.place(&files.follow(&path.key)) == FilePlace::Layer;
        self.paths(path).iter().any(leads)
    }

    /// Whether the file, or a file beneath the directory, contains a secret.
    pub(crate) fn holds_secret(&self, path: &Argument) -> bool {
        let files = &self.state.files;
        self.peek(path).taint().is_some()
            || (self.paths(path).iter())
                .any(|path| files.tree_taint(&files.follow(&path.key)).is_some())
    }

    /// Returns the paths that an argument names. Relative ones start at the program's directory.
    pub(crate) fn paths(&self, path: &Argument) -> Vec<Path> {
        let cwd = self.directory.as_ref().unwrap_or(&self.state.process.cwd);
        self.state.files.paths(&path.value, cwd)
    }

    // Output.

    /// Writes to standard output.
    pub(crate) fn print(&mut self, value: &Value) {
        self.has_printed = true;
        let value = self.found(value);
        let how = Cause::Output(self.name.clone());
        self.state.output(self.machine, 1, &value, self.span, &how);
    }

    /// Writes to standard error.
    pub(crate) fn print_error(&mut self, value: &Value) {
        self.print_error_as(value, &Cause::Messages(self.name.clone()));
    }

    /// Asks for the password of a user on standard error.
    pub(crate) fn prompt(&mut self, user: &Value) {
        self.print_error_as(user, &Cause::Prompt(self.name.clone()));
    }

    fn print_error_as(&mut self, value: &Value, how: &Cause) {
        self.state.output(self.machine, 2, value, self.span, how);
    }

    /// Replaces the content of the file; `-` is standard output.
    pub(crate) fn write(&mut self, path: &Argument, content: &Value, how: &Cause) {
        self.write_as(path, content, how, false);
    }

    /// Appends to the file.
    pub(crate) fn append(&mut self, path: &Argument, content: &Value, how: &Cause) {
        self.write_as(path, content, how, true);
    }

    fn write_as(&mut self, path: &Argument, content: &Value, how: &Cause, append: bool) {
        if path.text().as_deref() == Some("-") {
            return self.print(content);
        }
        let paths = self.paths(path);
        let content = self.found(content);
        self.state
            .write(self.machine, &paths, &content, path.span, how, append);
    }

    /// Writes to the first of the locations that is known here.
    pub(crate) fn store(&mut self, places: &str, content: &Value, how: &Cause) {
        if content.taint().is_none() {
            return;
        }
        for file in self.first_places(places) {
            self.append(&file, content, how);
        }
    }

    /// Removes the files of the first locations that are known here.
    pub(crate) fn forget(&mut self, places: &str) {
        for file in self.first_places(places) {
            self.remove(&file, false);
        }
    }

    fn first_places(&self, places: &str) -> Vec<Argument> {
        let known = places.split_whitespace().find_map(|place| {
            let files = place.split('+').map(|place| self.place(place));
            files.collect::<Option<Vec<Argument>>>()
        });
        known.unwrap_or_default()
    }

    /// Returns the first of the locations that is known here.
    pub(crate) fn place(&self, places: &str) -> Option<Argument> {
        let beneath = |directory: Value, rest: Option<&str>| match rest {
            Some(rest) => directory.concat(&Value::known(format!("/{rest}"))),
            None => directory,
        };
        locations(places).find_map(|location| {
            let value = match location {
                Location::Option(option, None) => return self.option(option),
                Location::Option(option, rest) => beneath(self.option(option)?.value, rest),
                Location::Variable(name, rest) => beneath(self.exported(name)?, rest),
                Location::Path(path) => Value::known(path),
            };
            let value = match value
                .literal()
                .as_deref()
                .and_then(|path| path.strip_prefix("~/"))
            {
                Some(rest) => self.home().concat(&Value::known(format!("/{rest}"))),
                None => value,
            };
            Some(Argument::new(value, self.span))
        })
    }

    // Other operations.

    /// Creates an unknown text without taint.
    pub(crate) fn fresh(&self) -> Value {
        let code = self.made_of_code();
        code.unwrap_or_else(|| self.machine.unknown(Taint::NONE))
    }

    /// The same, without `..`: a number, or a name that the program makes up.
    pub(crate) fn fresh_part(&self) -> Value {
        self.machine.unknown_name(Taint::NONE)
    }

    /// Creates the name of a file that the program creates and that no other file has.
    pub(crate) fn fresh_name(&self) -> Value {
        Value::unknown(self.machine.births.name(), Taint::NONE)
    }

    /// Sets the exit status; without a call, either.
    pub(crate) fn status(&mut self, status: Status) {
        self.status = status;
    }

    /// Returns the first of the row's alternative verbs; empty for a row without sub-command.
    pub(crate) fn verb_of_row(&self) -> &'m str {
        let verbs = self.row.command.first().and_then(|verbs| verbs.first());
        verbs.map_or("", String::as_str)
    }

    /// Whether the word is one of the row's verbs.
    pub(crate) fn is_verb(&self, word: &str) -> bool {
        let verbs = self.row.command.first();
        verbs.is_some_and(|verbs| verbs.iter().any(|verb| verb == word))
    }

    /// Whether the row, or a given option, has the effect.
    pub(crate) fn has_effect(&self, effect: Effect) -> bool {
        let mut given = self.parsed.options.iter();
        self.row.effects.contains(&effect) || given.any(|given| given.shape.effect == Some(effect))
    }

    /// Returns the locations of the row's clause `stores`.
    pub(crate) fn stores(&self) -> &'m str {
        &self.row.stores
    }

    /// Applies the fields of the row, as if it had no model.
    pub(crate) fn by_row(&mut self) {
        crate::interpreter::row::by_fields(self);
    }
}

impl Path {
    /// Appends components to the directory.
    #[must_use]
    pub(crate) fn join(&self, rest: &[Component], name: &Taint) -> Self {
        Self {
            key: self.key.join(rest),
            name: self.name.join(name),
        }
    }
}

impl ArgumentShape {
    pub(super) const fn is_value(&self) -> bool {
        !matches!(self, Self::None)
    }
}

/// Converts a path to a value.
pub(crate) fn path_value(path: &Path) -> Value {
    path.key.to_value(&path.name)
}
