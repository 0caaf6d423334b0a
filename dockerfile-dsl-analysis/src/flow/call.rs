//! One call of a program, as its row or its function sees it: arguments in, effects on the state out.

use std::rc::Rc;

use super::files::{Entry, Key, Node, Path, Place as FilePlace, show, value_of};
use super::state::{Descriptor, State, Status};
use super::value::{Kind, Piece, Taint, Value};
use super::{Machine, row::Parsed};
use crate::programs::{Argument as ArgumentShape, Place, Row};
use crate::{Rule, Span};

/// One word of a command, expanded.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Argument {
    pub(crate) value: Value,
    pub(crate) span: Span,
    /// It stands for any number of words: unquoted, of unknown text.
    pub(crate) splits: bool,
    /// It is a file's name that a pattern (`*`) matched, not one that was written.
    pub(crate) matched: bool,
}

impl Argument {
    pub(crate) fn new(value: Value, span: Span) -> Self {
        Self {
            value,
            span,
            splits: false,
            matched: false,
        }
    }

    /// A part of it: what stands behind a prefix that is known.
    pub(crate) fn behind(&self, prefix: &str) -> Option<Self> {
        let mut alternatives = Vec::new();
        for text in self.value.alternatives() {
            let mut pieces = text.to_vec();
            let first = pieces.first_mut()?;
            let Kind::Known(known) = &first.kind else {
                return None;
            };
            first.kind = Kind::Known(known.strip_prefix(prefix)?.into());
            alternatives.push(pieces.into());
        }
        Some(Self {
            value: Value::from_alternatives(alternatives),
            ..self.clone()
        })
    }

    /// The text, if it is known.
    pub(crate) fn text(&self) -> Option<String> {
        self.value.literal().map(|text| text.into_owned())
    }
}

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
    pub(super) row: &'static Row,
    pub(super) parsed: Parsed,
    /// What was read or is shown.
    pub(crate) data: Value,
    /// Credentials, keys, patterns.
    pub(crate) consumed: Taint,
    /// What the program stores by its nature.
    pub(crate) stored: Value,
    pub(super) status: Status,
    /// The way on which the command failed with other effects.
    pub(super) failed: Option<State>,
    /// The directory of relative paths, if an option changed it.
    pub(super) directory: Option<Value>,
}

impl Call<'_, '_> {
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
        let given = self.parsed.options.iter().filter(|given| given.is(option));
        given
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

    /// What a secret that any argument, standard input or the environment gives away tells about.
    pub(crate) fn received(&mut self) -> Taint {
        let mut taint = self.state.process.environment();
        for argument in self.arguments.clone().iter() {
            taint = taint.join(&argument.value.taint());
            taint = taint.join(&self.named_content(argument));
        }
        taint.join(&self.peek_stdin().taint())
    }

    /// The content of files that the argument may name: as it is, behind `=`, behind `@`.
    pub(crate) fn named_content(&self, argument: &Argument) -> Taint {
        let mut taint = self
            .peek(argument)
            .taint()
            .join(&self.held_in_holes(&argument.value));
        let literal = argument
            .value
            .literal()
            .map(|text| text.into_owned())
            .unwrap_or_default();
        for (at, _) in literal.match_indices(['=', '@', ':', ',']) {
            let part = Argument::new(Value::known(&literal[at + 1..]), argument.span);
            taint = taint.join(&self.peek(&part).taint());
        }
        // A directory whose very purpose is to hold secrets.
        for path in self.paths(argument) {
            let key = self.state.files.follow(&path.key);
            for (beneath, entry) in self.state.files.beneath(&key) {
                let direct = !beneath[key.len()..].trim_start_matches('/').contains('/');
                if let Node::File(number) = entry.node
                    && direct
                    && self.state.files.place(beneath) == FilePlace::Secret
                {
                    taint = taint.join(
                        &self
                            .state
                            .files
                            .content(number)
                            .map_or(Taint::NONE, Value::taint),
                    );
                }
            }
        }
        taint
    }

    /// The content of the files that the holes in a text lead to, wherever in it they stand: `@{token}`, `open('{tmp}/x')`.
    pub(crate) fn held_in_holes(&self, value: &Value) -> Taint {
        let mut taint = Taint::NONE;
        for text in value.alternatives() {
            for (at, piece) in text.iter().enumerate() {
                if !matches!(piece.kind, Kind::Hole { .. }) {
                    continue;
                }
                let mut path = Value::piece(piece.clone());
                taint = taint.join(&self.peek(&Argument::new(path.clone(), self.span)).taint());
                if let Some(Piece {
                    kind: Kind::Known(known),
                    ..
                }) = text.get(at + 1)
                {
                    let end = known
                        .find(|c: char| !(c.is_ascii_alphanumeric() || "_./+@%-".contains(c)))
                        .unwrap_or(known.len());
                    path = path.concat(&Value::known(&known[..end]));
                    taint = taint.join(&self.peek(&Argument::new(path, self.span)).taint());
                }
            }
        }
        taint
    }

    // Reading.

    /// Standard input, as the program reads it.
    pub(crate) fn stdin(&mut self) -> Value {
        let value = self.peek_stdin();
        value.step(
            self.span,
            format!("read by `{}` from standard input", self.name),
        )
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
        self.peek(path)
            .step(path.span, format!("read by `{}`", self.name))
    }

    /// A path that is the author's may be any file that a secret was written to.
    fn may_alias(&mut self, key: &Key, span: Span) {
        let key = self.state.files.follow(key);
        let FilePlace::Hole(hole) = self.state.files.place(&key) else {
            return;
        };
        let taint = self.state.files.written_besides(&key);
        let name = self.name.clone();
        self.machine.event(
            Rule::SecretInLayer,
            &taint,
            span,
            &name,
            "may name the file that the secret was written to",
            Some(hole),
        );
    }

    /// The same without any trace.
    pub(crate) fn peek(&self, path: &Argument) -> Value {
        let mut all: Option<Value> = None;
        for path in self.paths(path) {
            let content = self
                .state
                .read(&path.key)
                .unwrap_or_else(|| self.machine.unknown(self.span, Taint::NONE));
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
                    format!("read by `{}` from beneath `{}`", self.name, show(&key)),
                ));
            }
        }
        value
    }

    /// Whether a relative path means the step's own files, not everything: it never left the root directory (where a base image's own
    /// WORKDIR is not known), and names that, or by `*` what is in it.
    pub(crate) fn means_own_files(&self, path: &Argument, key: &str) -> bool {
        let is_relative = !path.value.known_prefix().starts_with('/');
        let is_at_root = self.directory.is_none()
            && self.state.process.cwd.literal().as_deref() == Some("/")
            && self.state.process.variable("OLDPWD").is_none();
        let is_root = key == "/" || path.matched && !key.trim_start_matches('/').contains('/');
        is_relative && is_at_root && is_root
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

    /// The paths that an argument names, relative ones in the program's directory.
    pub(crate) fn paths(&self, path: &Argument) -> Vec<Path> {
        let cwd = self.directory.as_ref().unwrap_or(&self.state.process.cwd);
        self.state.files.paths(&path.value, cwd)
    }

    // Writing.

    /// To standard output.
    pub(crate) fn print(&mut self, value: &Value) {
        let how = format!("output of `{}`", self.name);
        self.state.output(self.machine, 1, value, self.span, &how);
    }

    /// To standard error.
    pub(crate) fn print_error(&mut self, value: &Value) {
        let how = format!("messages of `{}`", self.name);
        self.state.output(self.machine, 2, value, self.span, &how);
    }

    /// The file then holds `content` and nothing else; `-` is standard output.
    pub(crate) fn write(&mut self, path: &Argument, content: &Value, how: &str) {
        self.write_as(path, content, how, false);
    }

    /// The file then ends with `content`.
    pub(crate) fn append(&mut self, path: &Argument, content: &Value, how: &str) {
        self.write_as(path, content, how, true);
    }

    fn write_as(&mut self, path: &Argument, content: &Value, how: &str, append: bool) {
        if path.text().as_deref() == Some("-") {
            return self.print(content);
        }
        let paths = self.paths(path);
        self.state
            .write(self.machine, &paths, content, path.span, how, append);
    }

    /// Writes to the first of the places that is known here.
    pub(crate) fn store(&mut self, places: &[Place], content: &Value, how: &str) {
        if content.taint().is_none() {
            return;
        }
        if let Some(path) = self.place(places) {
            self.append(&path, content, how);
        }
    }

    /// The first of the places that is known here.
    pub(crate) fn place(&self, places: &[Place]) -> Option<Argument> {
        places.iter().find_map(|place| {
            let value = match place {
                Place::Option(option) => return self.option(option),
                Place::OptionDir(option, rest) => self
                    .option(option)?
                    .value
                    .concat(&Value::known(format!("/{rest}"))),
                Place::Env(name) => self.env(name)?,
                Place::EnvDir(name, rest) => {
                    self.env(name)?.concat(&Value::known(format!("/{rest}")))
                }
                Place::Path(path) => Value::known(path),
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

    // The file system.

    /// Copies a file, or a tree, to a file or into a directory.
    pub(crate) fn copy(&mut self, source: &Argument, target: &Argument, tree: bool, follow: bool) {
        self.quote_in_errors(source);
        let how: Rc<str> = format!("`{}`", self.name).into();
        let into = self.is_directory(target);
        let targets = self.paths(target);
        let sources = self.paths(source);
        let contents_only = source
            .value
            .literal()
            .is_some_and(|text| text.ends_with("/.") || text.as_ref() == ".");
        for path in &sources {
            self.may_alias(&path.key, source.span);
            let resolved = if follow {
                self.state.files.follow(&path.key)
            } else {
                self.state.files.follow_parent(&path.key)
            };
            for to in &targets {
                let base = path.key.rsplit('/').next().unwrap_or_default();
                let to = if into && !contents_only && !base.is_empty() {
                    to.join(base, &path.name)
                } else {
                    to.clone()
                };
                if let Some(Entry {
                    node: Node::Link(link),
                    ..
                }) = self.state.files.entry(&resolved).cloned()
                {
                    let key = self.state.files.follow(&to.key);
                    self.state.files.link(&key, link, to.name.clone());
                    continue;
                }
                if tree {
                    self.copy_tree(&resolved, &to, target.span, &how);
                }
                // Without -r a directory is not copied.
                if !self.state.files.is_directory(&resolved) {
                    let content = self
                        .state
                        .read(&resolved)
                        .unwrap_or_else(|| self.machine.unknown(source.span, Taint::NONE));
                    let content = content.step(source.span, format!("read by {how}"));
                    let certain = sources.len() == 1 && targets.len() == 1;
                    self.state
                        .write_to(self.machine, &to, &content, target.span, &how, !certain);
                } else if tree {
                    self.state.make_directory(&to);
                }
            }
        }
    }

    fn copy_tree(&mut self, from: &Key, to: &Path, span: Span, how: &str) {
        let beneath: Vec<(Key, Entry)> = self
            .state
            .files
            .beneath(from)
            .map(|(key, entry)| (key.clone(), entry.clone()))
            .collect();
        for (key, entry) in beneath {
            let rest = key[from.len()..].trim_start_matches('/');
            let to = to.join(rest, &entry.name);
            match entry.node {
                Node::File(number) => {
                    let content = self
                        .state
                        .files
                        .content(number)
                        .cloned()
                        .unwrap_or_else(Value::empty);
                    let content =
                        content.step(self.span, format!("copied by {how} with its directory"));
                    self.state
                        .write_to(self.machine, &to, &content, span, how, false);
                }
                Node::Link(target) => {
                    let key = self.state.files.follow_parent(&to.key);
                    self.state.files.link(&key, target, to.name);
                }
                Node::Directory => self.state.make_directory(&to),
            }
        }
    }

    /// Renames a file or a directory; both the old and the new names are then known.
    pub(crate) fn rename(&mut self, source: &Argument, target: &Argument) {
        self.quote_in_errors(source);
        let into = self.is_directory(target);
        let targets = self.paths(target);
        let sources = self.paths(source);
        let certain = sources.len() == 1 && targets.len() == 1;
        for path in &sources {
            let from = self.state.files.follow_parent(&path.key);
            for to in &targets {
                let base = path.key.rsplit('/').next().unwrap_or_default();
                let to = if into {
                    to.join(base, &path.name)
                } else {
                    to.clone()
                };
                self.state
                    .rename(self.machine, &from, &to, target.span, certain);
            }
        }
    }

    /// Another name for the same file.
    pub(crate) fn hard_link(&mut self, source: &Argument, target: &Argument) {
        self.quote_in_errors(source);
        let into = self.is_directory(target);
        for path in self.paths(source) {
            let from = self.state.files.follow_parent(&path.key);
            for to in self.paths(target) {
                let base = path.key.rsplit('/').next().unwrap_or_default();
                let to = if into { to.join(base, &path.name) } else { to };
                if self.state.files.place(&from) != FilePlace::Secret
                    && let Some(entry) = self.state.files.entry(&from).cloned()
                {
                    let key = self.state.files.follow_parent(&to.key);
                    let name = entry.name.join(&to.name);
                    self.state.files.insert(
                        &key,
                        Entry {
                            node: entry.node,
                            name,
                        },
                    );
                }
            }
        }
    }

    /// A symbolic link that says `target`, at `path` or in that directory.
    pub(crate) fn symlink(&mut self, target: &Argument, path: &Argument) {
        let into = self.is_directory(path);
        for at in self.paths(path) {
            let base = target.text().unwrap_or_default();
            let base = base
                .trim_end_matches('/')
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned();
            let at = if into && !base.is_empty() {
                at.join(&base, &target.value.taint())
            } else {
                at
            };
            let key = self.state.files.follow_parent(&at.key);
            let says = target.value.step(
                path.span,
                format!(
                    "kept as the target of the link `{}` (`{}`)",
                    show(&key),
                    self.name
                ),
            );
            self.state.files.link(
                &key,
                says,
                at.name
                    .step(path.span, format!("part of a file name (`{}`)", self.name)),
            );
        }
    }

    /// Removes a file, or a directory with everything in it.
    pub(crate) fn remove(&mut self, path: &Argument, tree: bool) {
        self.quote_in_errors(path);
        let paths = self.paths(path);
        let [path] = paths.as_slice() else { return };
        let key = self.state.files.follow_parent(&path.key);
        self.state.remove(&key, tree);
    }

    /// Makes an empty file or a directory of that name.
    pub(crate) fn create(&mut self, path: &Argument, directory: bool) {
        for path in self.paths(path) {
            if directory {
                self.state.make_directory(&path);
            } else {
                let key = self.state.files.follow(&path.key);
                if self.state.files.entry(&key).is_none() {
                    self.state.write_to(
                        self.machine,
                        &path,
                        &Value::empty(),
                        self.span,
                        &format!("`{}`", self.name),
                        true,
                    );
                }
            }
        }
    }

    fn quote_in_errors(&mut self, path: &Argument) {
        if path.value.taint().is_some() {
            self.print_error(&path.value);
        }
    }

    // Everything else.

    /// What is not covered: a finding if a secret reaches the program, and its output then holds it.
    pub(crate) fn opaque(&mut self, why: &str) {
        let received = self
            .received()
            .join(&self.data.taint())
            .join(&self.consumed)
            .join(&self.stored.taint());
        self.opaque_for(&received, why);
    }

    /// The same, for the secrets that are named.
    pub(crate) fn opaque_for(&mut self, received: &Taint, why: &str) {
        if received.is_none() {
            return;
        }
        let trusted = self
            .machine
            .trusted
            .iter()
            .find(|(program, _)| **program == *self.name);
        if let Some((program, _)) = trusted {
            self.machine.trust_used.insert(program);
        }
        match trusted {
            Some((_, true)) => {}
            Some((_, false)) => {
                let output = self.machine.unknown(
                    self.span,
                    received.step(self.span, format!("given to `{}`", self.name)),
                );
                self.print(&output);
                self.print_error(&output);
            }
            None => {
                let name = self.name.clone();
                self.machine.event(
                    Rule::SecretToUnknownProgram,
                    received,
                    self.span,
                    &name,
                    why,
                    None,
                );
                let output = self.machine.unknown(
                    self.span,
                    received.step(self.span, format!("given to `{name}`")),
                );
                // The log was already named by the finding above.
                for number in [1, 2] {
                    if self.state.process.descriptors.get(&number) != Some(&Descriptor::Log) {
                        self.state.output(
                            self.machine,
                            number,
                            &output,
                            self.span,
                            &format!("output of `{name}`"),
                        );
                    }
                }
            }
        }
    }

    /// A text that nobody knows, that tells about nothing.
    pub(crate) fn fresh(&self) -> Value {
        self.machine.unknown(self.span, Taint::NONE)
    }

    /// How it ended; without this, either way.
    pub(crate) fn status(&mut self, status: Status) {
        self.status = status;
    }

    /// The sub-command that the row is for.
    pub(crate) fn command(&self) -> &'static [&'static str] {
        self.row.command
    }

    /// Does what the fields of the row say, as if it had no function.
    pub(crate) fn by_row(&mut self) {
        super::row::by_fields(self);
    }
}

impl Path {
    /// Something in this directory.
    #[must_use]
    pub(crate) fn join(&self, rest: &str, name: &Taint) -> Self {
        let key = format!("{}/{rest}", self.key.trim_end_matches('/'));
        Self {
            key: key.into(),
            name: self.name.join(name),
        }
    }
}

impl ArgumentShape {
    pub(super) const fn is_value(self) -> bool {
        !matches!(self, Self::No)
    }
}

/// The text of a key, as a value.
pub(crate) fn path_value(path: &Path) -> Value {
    value_of(&path.key, &path.name)
}

// What programs that run other programs do.
impl Call<'_, '_> {
    /// What the exported environment looks like, for a program that prints it.
    pub(crate) fn environment(&self) -> Value {
        let taint = self
            .state
            .process
            .environment()
            .join(&self.state.process.any_variable);
        self.machine.unknown(self.span, taint)
    }

    /// What a variable of unknown name may hold.
    pub(crate) fn any_variable(&self) -> Value {
        Value::unknown(2, self.state.process.any_variable.clone())
    }

    /// Nothing is exported any more.
    pub(crate) fn clear_environment(&mut self) {
        let process = &mut self.state.process;
        for variable in Rc::make_mut(&mut process.variables).values_mut() {
            variable.exported = false;
        }
        process.any_variable = Taint::NONE;
    }

    /// `NAME=VALUE` as a word is exported; a word that stands for several exports what nobody knows the names of.
    pub(crate) fn export_word(&mut self, word: &Argument) {
        let name = word
            .value
            .known_prefix()
            .split_once('=')
            .map(|(name, _)| name.to_owned());
        match name
            .as_ref()
            .and_then(|name| word.behind(&format!("{name}=")))
        {
            Some(value) => {
                let mut variable = super::state::Variable::new(value.value);
                variable.exported = true;
                self.state.process.set(&name.unwrap_or_default(), variable);
            }
            None => {
                self.state.process.any_variable =
                    self.state.process.any_variable.join(&word.value.taint())
            }
        }
    }

    /// The command that is run next starts in this directory.
    pub(crate) fn directory_is(&mut self, directory: &Argument) {
        if let [path] = self.paths(directory).as_slice() {
            let before = self.state.process.cwd.clone();
            let before = super::state::Variable::new(before);
            self.state.process.set("OLDPWD", before);
            self.state.process.cwd = path_value(path);
        }
    }

    /// The shell's own variables and directory, as before.
    pub(crate) fn restore(&mut self, process: &super::state::Process) {
        self.state.process = process.clone();
        if let Some(failed) = &mut self.failed {
            failed.process = process.clone();
        }
    }

    /// Whether the argument at that place is a lone `-`.
    pub(crate) fn text_has_dash(&self, at: usize) -> bool {
        self.arguments.get(at).and_then(Argument::text).as_deref() == Some("-")
    }

    /// `-t`: prints the command before it is run.
    pub(crate) fn trace_arguments(&mut self, words: &[Argument]) {
        if self.has("-t") {
            let all = words
                .iter()
                .fold(Value::empty(), |all, word| all.concat(&word.value));
            self.print_error(&all);
        }
    }
}
