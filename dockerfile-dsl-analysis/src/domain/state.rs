//! The state of the machine at one point of one way through the script.
//!
//! A [`Process`] is what a subshell copies (variables, descriptors, directory, options, traps); [`Files`] are shared by all.
//! States are cheap to copy: their maps are shared until one is changed.

mod meet;

use std::rc::Rc;
use std::sync::Arc;

use crate::Span;
use crate::domain::files::Files;
use crate::domain::symbol::{Component, SymbolicPath};
use crate::domain::symbol::{ContentId, Site};
use crate::domain::traps::Traps;
use crate::domain::value::{Taint, Value};
use crate::shell;
use std::collections::BTreeMap;

/// Everything at one point.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) process: Process,
    pub(crate) files: Files,
    /// What the choice of this way tells about, where that counts: a branch on a secret inside a loop.
    pub(crate) choice: Taint,
}

/// So many answers, each a yes or no, are not worth a secret.
const MAX_ANSWERS: u32 = 16;

/// Stands for the exported variables of unknown names: no variable of a script is called so.
const UNKNOWN_NAMES: &str = "*";

/// What belongs to one shell process.
#[derive(Debug, Clone)]
pub(crate) struct Process {
    pub(crate) variables: Rc<BTreeMap<Rc<str>, Variable>>,
    /// `$1`, `$2`, ...
    pub(crate) positional: Rc<Vec<Value>>,
    /// `$0`
    pub(crate) name: Value,
    pub(crate) functions: Rc<BTreeMap<Rc<str>, Function>>,
    pub(crate) cwd: Value,
    /// The step that it belongs to: what variables held before it is not known.
    pub(crate) step: Site,
    /// Nothing says so: the base image has a WORKDIR that nobody knows.
    pub(crate) cwd_is_assumed: bool,
    pub(crate) descriptors: Rc<BTreeMap<u32, Descriptor>>,
    pub(crate) options: ShellOptions,
    pub(crate) traps: Traps,
    /// The directories below the current one on the stack of `pushd`, the last one on top.
    pub(crate) stack: Rc<Vec<Value>>,
    /// What variables of unknown names hold: after `export $(cat FILE)`, or sourcing a secret.
    pub(crate) any_variable: Taint,
    /// `$_`
    pub(crate) last_argument: Value,
    pub(crate) aside: Rc<Aside>,
    /// Variables that `local` hid, for each function that is running.
    pub(crate) locals: Rc<Vec<Hidden>>,
    /// In so many loops it is.
    pub(crate) loops: u32,
    /// How often it may be here, as far as the loops around it are known.
    pub(crate) rounds: u32,
    /// How the last command ended.
    pub(crate) status: Status,
    /// What its status tells about, as far as that counts: it compared something.
    pub(crate) status_taint: Taint,
}

/// What few scripts change: apart, so that the copies of a state stay small.
#[derive(Debug, Clone, Default)]
pub(crate) struct Aside {
    /// What `cd` takes `..` from, where a symbolic link led to the working directory: that directory, and the way it was given.
    pub(crate) came_by: Option<(Value, Value)>,
    /// What `ps` shows: the arguments of processes that run.
    pub(crate) command_lines: Taint,
    /// What `/proc` shows of the environment of processes in the background.
    pub(crate) environments: Taint,
    /// The environment that the shell was started with: what `/proc/self/environ` says when the shell itself opens it.
    pub(crate) initial_environment: Taint,
    /// Commands in the background.
    pub(crate) jobs: Vec<Job>,
    /// Variables that the script took away, and whether it did on every path: what they held before the step is gone.
    pub(crate) taken: BTreeMap<Rc<str>, bool>,
}

/// A command in the background that nobody has waited for.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) command: Rc<shell::AndOr>,
    /// The process that it is a copy of, and the files when it began.
    pub(crate) process: Process,
    pub(crate) files: Files,
    /// Where the holes of its text begin in the machine's table.
    pub(crate) base: usize,
}

/// What a function's `local` hid, to be put back at its end.
pub(crate) type Hidden = Vec<(Rc<str>, Option<Variable>)>;

/// A variable.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Variable {
    /// The scalar, or element 0.
    pub(crate) value: Value,
    /// The elements of an array, in the order of their keys as texts.
    pub(crate) elements: Option<Rc<BTreeMap<Rc<str>, Value>>>,
    pub(crate) exported: bool,
    /// The name of another variable that it stands for (`declare -n`).
    pub(crate) refers_to: Option<Rc<str>>,
    /// It may also not be set.
    pub(crate) maybe_unset: bool,
    /// `declare -i`: what it is given is read as an arithmetic expression.
    pub(crate) integer: bool,
    /// `declare -A`: its keys are texts; else they are arithmetic expressions.
    pub(crate) associative: bool,
    /// `readonly`: it cannot be taken away.
    pub(crate) readonly: bool,
}

impl Variable {
    pub(crate) fn new(value: Value) -> Self {
        Self {
            value,
            elements: None,
            exported: false,
            refers_to: None,
            maybe_unset: false,
            integer: false,
            associative: false,
            readonly: false,
        }
    }

    /// Everything it tells about.
    pub(crate) fn taint(&self) -> Taint {
        let mut taint = self.value.taint();
        if let Some(elements) = &self.elements {
            for (_, value) in elements.iter() {
                taint = taint.join(&value.taint());
            }
        }
        taint
    }
}

/// A function: its body, and where its text stands.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub(crate) body: Arc<shell::Command>,
    /// Where the holes of its text begin in the machine's table.
    pub(crate) base: usize,
    /// What its text tells about, where that was computed.
    pub(crate) text: Taint,
    /// What else is called so on other ways.
    pub(crate) or: Option<Rc<Function>>,
    /// On other ways it is not there.
    pub(crate) maybe_unset: bool,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.body, &other.body)
            && self.maybe_unset == other.maybe_unset
            && self.or == other.or
    }
}

/// What an open file descriptor leads to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Descriptor {
    /// The build log.
    Log,
    /// Nothing is kept, nothing is read.
    Null,
    /// A file, or a pipe that somebody reads later: the number of its content.
    Content(ContentId),
    /// The name of a file that was not there before the step; its content is that of the number, and it goes to the name in the text.
    File {
        number: ContentId,
        name: SymbolicPath,
        span: Span,
    },
    /// Only to be read.
    Input(Value),
    /// One of these.
    Either(Rc<[Descriptor]>),
}

/// `set -x` and its like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ShellOptions {
    pub(crate) errexit: bool,
    pub(crate) xtrace: bool,
    pub(crate) verbose: bool,
    pub(crate) allexport: bool,
    pub(crate) nounset: bool,
    pub(crate) pipefail: bool,
    pub(crate) noexec: bool,
    pub(crate) noglob: bool,
    /// `>` leaves a file that is there as it is.
    pub(crate) noclobber: bool,
    /// Functions and subshells keep the trap of ERR.
    pub(crate) errtrace: bool,
    /// They keep those of DEBUG and RETURN.
    pub(crate) functrace: bool,
    /// `shopt -s inherit_errexit`: bash keeps `set -e` in `$(..)`.
    pub(crate) inherit_errexit: bool,
    /// `shopt -s lastpipe`: bash runs the last command of a pipeline in the shell itself.
    pub(crate) lastpipe: bool,
    pub(crate) bash: bool,
    /// `-l`: reads the profiles.
    pub(crate) login: bool,
    /// `-i`: reads `~/.bashrc`.
    pub(crate) interactive: bool,
}

/// How a command ended, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Status {
    /// 0.
    #[default]
    Success,
    /// Not 0.
    Failure,
    /// Either, with the same effects.
    Either,
}

impl Status {
    pub(crate) const fn may_succeed(self) -> bool {
        !matches!(self, Self::Failure)
    }

    pub(crate) const fn may_fail(self) -> bool {
        !matches!(self, Self::Success)
    }

    pub(crate) const fn not(self) -> Self {
        match self {
            Self::Success => Self::Failure,
            Self::Failure => Self::Success,
            Self::Either => Self::Either,
        }
    }

    pub(crate) fn join(self, other: Self) -> Self {
        if self == other { self } else { Self::Either }
    }
}

impl Process {
    pub(crate) fn new(cwd: Value, step: Site) -> Self {
        let log = [
            (0, Descriptor::Null),
            (1, Descriptor::Log),
            (2, Descriptor::Log),
        ];
        Self {
            variables: Rc::default(),
            positional: Rc::default(),
            name: Value::known("sh"),
            functions: Rc::default(),
            cwd,
            step,
            cwd_is_assumed: false,
            descriptors: Rc::new(log.into_iter().collect()),
            options: ShellOptions::default(),
            traps: Rc::default(),
            stack: Rc::default(),
            any_variable: Taint::NONE,
            last_argument: Value::empty(),
            aside: Rc::default(),
            locals: Rc::default(),
            loops: 0,
            rounds: 1,
            status: Status::Success,
            status_taint: Taint::NONE,
        }
    }

    /// Whether this is asked so often that the answers could add up to a secret.
    pub(crate) fn asks_often(&self) -> bool {
        self.rounds > MAX_ANSWERS
    }

    pub(crate) fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.get(name)
    }

    pub(crate) fn set(&mut self, name: &str, variable: Variable) {
        Rc::make_mut(&mut self.variables).insert(name.into(), variable);
    }

    /// Variables of names that nobody knows hold this; `exported`: so that programs get them, too.
    pub(crate) fn set_unknown(&mut self, taint: &Taint, exported: bool) {
        self.any_variable = self.any_variable.join(taint);
        if exported && taint.is_some() {
            let mut variable = Variable::new(Value::nameless(self.any_variable.clone()));
            variable.exported = true;
            self.set(UNKNOWN_NAMES, variable);
        }
    }

    pub(crate) fn unset(&mut self, name: &str) {
        if self.variables.contains_key(name) {
            Rc::make_mut(&mut self.variables).remove(name);
        }
    }

    /// The variable is gone, and so is what it held before the step.
    pub(crate) fn take(&mut self, name: &str) {
        self.unset(name);
        Rc::make_mut(&mut self.aside)
            .taken
            .insert(name.into(), true);
    }

    /// `unset NAME`: one that is read-only stays; in bash a `local` of a function further out is taken off what it hid.
    pub(crate) fn unset_by_script(&mut self, name: &str) {
        if self
            .variable(name)
            .is_some_and(|variable| variable.readonly)
        {
            return;
        }
        if let Some(target) = self
            .variable(name)
            .and_then(|variable| variable.refers_to.clone())
        {
            return self.take(&target);
        }
        let hides = |frame: &&Hidden| frame.iter().any(|(hidden, _)| **hidden == *name);
        let outer = self.locals.len().saturating_sub(1);
        let inner = self.locals.iter().skip(outer).find(hides);
        let hidden = (self.locals.iter().take(outer).rev().find(hides))
            .filter(|_| inner.is_none() && self.options.bash)
            .and_then(|frame| frame.iter().find(|(hidden, _)| **hidden == *name).cloned());
        match hidden {
            Some((_, Some(variable))) => self.set(name, variable),
            _ => self.take(name),
        }
    }

    /// What the exported variables tell about.
    pub(crate) fn environment(&self) -> Taint {
        let variables = self.variables.values();
        let exported = variables.filter(|variable| variable.exported);
        exported.map(Variable::taint).collect()
    }

    /// The variables whose names begin so.
    pub(crate) fn named<'p>(
        &'p self,
        prefix: &'p str,
    ) -> impl Iterator<Item = (&'p Rc<str>, &'p Variable)> {
        let all = self.variables.iter();
        all.filter(move |(name, _)| name.starts_with(prefix))
    }

    /// What the text of the function of that name tells about; without a name, of all of them.
    pub(crate) fn function_text(&self, name: Option<&str>) -> Taint {
        match name {
            Some(name) => self
                .functions
                .get(name)
                .map_or(Taint::NONE, |function| function.text.clone()),
            None => (self.functions.iter()).fold(Taint::NONE, |taint, (_, function)| {
                taint.join(&function.text)
            }),
        }
    }

    /// What all variables tell about.
    pub(crate) fn all_variables(&self) -> Taint {
        let mut taint = self.any_variable.clone();
        for (_, variable) in self.variables.iter() {
            taint = taint.join(&variable.taint());
        }
        taint
    }

    pub(crate) fn open(&mut self, number: u32, descriptor: Descriptor) {
        Rc::make_mut(&mut self.descriptors).insert(number, descriptor);
    }

    pub(crate) fn close(&mut self, number: u32) {
        Rc::make_mut(&mut self.descriptors).remove(&number);
    }
}

impl State {
    /// How much there is in it.
    pub(crate) fn size(&self) -> u64 {
        (self.process.variables.len() + self.files.size()) as u64
    }

    /// The contents of files that exported variables name by their whole path.
    pub(crate) fn files_in_environment(&self) -> Taint {
        let mut taint = Taint::NONE;
        for (_, variable) in self.process.variables.iter() {
            if !variable.exported {
                continue;
            }
            let value = &variable.value;
            let is_path = value.literal().is_some_and(|text| text.starts_with('/'))
                || value.holes().next().is_some();
            if !is_path {
                continue;
            }
            for path in self
                .files
                .paths_unasked(&variable.value, &Value::known("/"))
            {
                let content = self.read(&path.key);
                taint = taint.join(&content.map_or(Taint::NONE, |content| content.taint()));
            }
        }
        taint
    }

    /// Every secret that anything in it tells about.
    pub(crate) fn everything(&self) -> Taint {
        let positional = self.process.positional.iter();
        let taint = positional.fold(self.process.all_variables(), |taint, value| {
            taint.join(&value.taint())
        });
        taint.join(&self.files.tree_taint(&SymbolicPath::root()))
    }

    /// The secrets that a text in another language can reach: those in variables, and the files that it names in part.
    pub(crate) fn reached_by(&self, text: &str) -> Taint {
        let mut taint = self.process.all_variables();
        for (key, entry) in self.files.entries() {
            let crate::domain::files::Node::File(number) = entry.node else {
                continue;
            };
            if self
                .files
                .content(number)
                .is_some_and(|value| value.taint().is_some())
            {
                self.files.ask_name(key);
            }
            let name = key.file_name().and_then(Component::as_known);
            let directory = || key.parent().and_then(|directory| directory.as_known());
            if name.is_some_and(|name| text.contains(name))
                || text.contains("/run")
                || directory().is_some_and(|path| path.len() > 1 && text.contains(&path))
            {
                taint = taint.join(&self.files.content(number).map_or(Taint::NONE, Value::taint));
            }
        }
        taint
    }
}
