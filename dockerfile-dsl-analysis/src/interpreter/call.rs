//! One call of a program, as its row or its function sees it: arguments in, effects on the state out.

mod answer;
mod file_system;
mod listed;
mod opaque;
mod process;

use std::rc::Rc;

use crate::Span;
use crate::domain::Argument;
use crate::domain::files::{Path, Place as FilePlace};
use crate::domain::state::{State, Status};
use crate::domain::symbol::{Component, SymbolicPath};
use crate::domain::value::{Taint, Value};
use crate::domain::{Cause, Sink, Step};
use crate::interpreter::Machine;
use crate::interpreter::row::parse::Parsed;
use crate::programs::rows::locations;
use crate::programs::{Argument as ArgumentShape, Effect, Location, Row};

/// One call of a program.
#[derive(Debug)]
pub(crate) struct Call<'c, 'm> {
    pub(crate) machine: &'c mut Machine<'m>,
    pub(crate) state: State,
    /// The name of the program, without its directory.
    pub(crate) name: Rc<str>,
    /// The whole command.
    pub(crate) span: Span,
    /// All words behind the name.
    pub(crate) arguments: Rc<[Argument]>,
    pub(super) row: &'m Row,
    pub(super) parsed: Parsed<'m>,
    /// What was read or is shown.
    pub(crate) data: Value,
    /// Credentials, keys, patterns.
    pub(crate) consumed: Taint,
    /// What sizes and numbers tell about, where these are made of pieces.
    pub(super) amount: Taint,
    /// What the program stores by its nature.
    pub(crate) stored: Value,
    pub(super) status: Status,
    /// The way on which the command failed with other effects.
    pub(super) failed: Option<State>,
    /// The directory of relative paths, if an option changed it.
    pub(super) directory: Option<Value>,
}

impl<'m> Call<'_, 'm> {
    // What was given.

    /// Whether the option was given, by any one of its spellings in the row.
    pub(crate) fn has(&self, option: &str) -> bool {
        self.parsed.options.iter().any(|given| given.is(option))
    }

    /// The last value of the option.
    pub(crate) fn option(&self, option: &str) -> Option<Argument> {
        self.options(option).pop()
    }

    /// All values of the option, in order.
    pub(crate) fn options(&self, option: &str) -> Vec<Argument> {
        self.all_options(&[option])
    }

    /// The values of several options.
    pub(crate) fn all_options(&self, options: &[&str]) -> Vec<Argument> {
        let given = |option| {
            self.parsed
                .options
                .iter()
                .filter(move |given| given.is(option))
        };
        let values = options.iter().flat_map(|option| given(*option));
        values
            .flat_map(|given| given.values.iter().cloned())
            .collect()
    }

    /// What is left besides options and the sub-command.
    pub(crate) fn operands(&self) -> Vec<Argument> {
        self.parsed.operands.clone()
    }

    /// Options that no row covers.
    pub(crate) fn unknown_options(&self) -> &[Argument] {
        &self.parsed.unknown
    }

    /// All operands but the last, and the last; or all, and the directory of `-t`. `None` if there are too few.
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

    /// What the exported variable holds.
    pub(crate) fn env(&self, name: &str) -> Option<Value> {
        let value = self.exported(name)?;
        self.state.files.ask_value(&value);
        Some(value)
    }

    fn exported(&self, name: &str) -> Option<Value> {
        let variable = self.state.process.variable(name)?;
        variable.exported.then(|| variable.value.clone())
    }

    /// Whether the exported variable says yes: is set, and not empty, `0`, `false` or `no`.
    pub(crate) fn env_says_yes(&self, name: &str) -> bool {
        self.env(name).is_some_and(|value| {
            !matches!(value.literal().as_deref(), Some("" | "0" | "false" | "no"))
        })
    }

    /// The home directory.
    pub(crate) fn home(&self) -> Value {
        self.state
            .process
            .variable("HOME")
            .map_or_else(|| Value::known("/root"), |home| home.value.clone())
    }

    // Reading.

    /// Standard input, as the program reads it.
    pub(crate) fn stdin(&mut self) -> Value {
        let name = &self.name;
        self.peek_stdin().step_if(self.span, &|| Step::ReadInput {
            program: name.clone(),
        })
    }

    pub(crate) fn peek_stdin(&self) -> Value {
        self.state.input(0)
    }

    /// The content of the file that the argument names; `-` is standard input. A secret in the path itself is quoted in an error message.
    pub(crate) fn read(&mut self, path: &Argument) -> Value {
        if path.text().as_deref() == Some("-") {
            return self.stdin();
        }
        self.quote_in_errors(path);
        for named in self.paths(path) {
            self.may_alias(&named.key, path.span);
        }
        // One of several public files, chosen by a piece of a secret.
        let chosen = self.small(path);
        let name = &self.name;
        self.peek(path)
            .with(&chosen)
            .step_if(path.span, &|| Step::Read {
                program: name.clone(),
            })
    }

    /// A path that is the author's may be any file that a secret was written to.
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

    /// The same without any trace.
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

    /// The content of the file, or of everything beneath the directory; secrets that are mounted there count.
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

    /// Whether a relative path means the step's own files, not everything: it names the working directory, or by `*` what is in it, and
    /// that is only taken to be the root. [`Machine::sweep`] asks what would be if it is.
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
        self.machine.log.swept.set(true);
        !self.machine.frame.root_is_certain
    }

    /// Whether the argument is known to name something that is there.
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

    /// Whether the argument names something in a directory that is known to be there, or that `-D` makes.
    pub(crate) fn has_parent(&self, path: &Argument) -> bool {
        let parent = path.value.concat(&Value::known("/.."));
        let parent = Argument::new(parent, path.span);
        self.has("-D") || self.is_directory(&parent)
    }

    /// Whether what is written there is part of the image.
    pub(crate) fn leads_to_layer(&self, path: &Argument) -> bool {
        let files = &self.state.files;
        let leads = |path: &Path| files.place(&files.follow(&path.key)) == FilePlace::Layer;
        self.paths(path).iter().any(leads)
    }

    /// Whether a secret is in the file, or in a file beneath the directory.
    pub(crate) fn holds_secret(&self, path: &Argument) -> bool {
        let files = &self.state.files;
        self.peek(path).taint().is_some()
            || (self.paths(path).iter())
                .any(|path| files.tree_taint(&files.follow(&path.key)).is_some())
    }

    /// The paths that an argument names, relative ones in the program's directory.
    pub(crate) fn paths(&self, path: &Argument) -> Vec<Path> {
        let cwd = self.directory.as_ref().unwrap_or(&self.state.process.cwd);
        self.state.files.paths(&path.value, cwd)
    }

    // Writing.

    /// To standard output.
    pub(crate) fn print(&mut self, value: &Value) {
        let value = self.found(value);
        let how = Cause::Output(self.name.clone());
        self.state.output(self.machine, 1, &value, self.span, &how);
    }

    /// To standard error.
    pub(crate) fn print_error(&mut self, value: &Value) {
        let how = Cause::Messages(self.name.clone());
        self.state.output(self.machine, 2, value, self.span, &how);
    }

    /// The file then holds `content` and nothing else; `-` is standard output.
    pub(crate) fn write(&mut self, path: &Argument, content: &Value, how: &Cause) {
        self.write_as(path, content, how, false);
    }

    /// The file then ends with `content`.
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

    /// Writes to the first of the places that is known here.
    pub(crate) fn store(&mut self, places: &str, content: &Value, how: &Cause) {
        if content.taint().is_none() {
            return;
        }
        let known = places.split_whitespace().find_map(|place| {
            let files = place.split('+').map(|place| self.place(place));
            files.collect::<Option<Vec<Argument>>>()
        });
        for file in known.into_iter().flatten() {
            self.append(&file, content, how);
        }
    }

    /// The first of the places that is known here.
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

    // Everything else.

    /// A text that nobody knows, that tells about nothing.
    pub(crate) fn fresh(&self) -> Value {
        self.machine.unknown(Taint::NONE)
    }

    /// The name of a file that the program makes, which no other file has.
    pub(crate) fn fresh_name(&self) -> Value {
        Value::unknown(self.machine.births.name(), Taint::NONE)
    }

    /// How it ended; without this, either way.
    pub(crate) fn status(&mut self, status: Status) {
        self.status = status;
    }

    /// The first of the alternative verbs that the row is for; empty for a row of no sub-command.
    pub(crate) fn verb_of_row(&self) -> &'m str {
        let verbs = self.row.command.first().and_then(|verbs| verbs.first());
        verbs.map_or("", String::as_str)
    }

    /// Whether the word is one of the verbs that the row is for.
    pub(crate) fn is_verb(&self, word: &str) -> bool {
        let verbs = self.row.command.first();
        verbs.is_some_and(|verbs| verbs.iter().any(|verb| verb == word))
    }

    /// Whether the row has the effect, or an option that was given.
    pub(crate) fn has_effect(&self, effect: Effect) -> bool {
        let mut given = self.parsed.options.iter();
        self.row.effects.contains(&effect) || given.any(|given| given.shape.effect == Some(effect))
    }

    /// The locations of the row's clause `stores`.
    pub(crate) fn stores(&self) -> &'m str {
        &self.row.stores
    }

    /// Does what the fields of the row say, as if it had no function.
    pub(crate) fn by_row(&mut self) {
        crate::interpreter::row::by_fields(self);
    }
}

impl Path {
    /// Something in this directory.
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

/// The text of a key, as a value.
pub(crate) fn path_value(path: &Path) -> Value {
    path.key.to_value(&path.name)
}
