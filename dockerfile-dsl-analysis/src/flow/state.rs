//! The state of the machine at one point of one way through the script.
//!
//! A [`Process`] is what a subshell copies (variables, descriptors, directory, options, traps); [`Files`] are shared by all.
//! States are cheap to copy: their maps are shared until one is changed.

use std::rc::Rc;
use std::sync::Arc;

use super::files::Files;
use super::trap::{Traps, joined_traps};
use super::value::{Taint, Value};
use crate::Span;
use crate::gather::Gather as _;
use crate::shared::own;
use crate::shell;
use crate::sorted::Map;

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
    pub(crate) variables: Rc<Map<Rc<str>, Variable>>,
    /// `$1`, `$2`, ...
    pub(crate) positional: Rc<Vec<Value>>,
    /// `$0`
    pub(crate) name: Value,
    pub(crate) functions: Rc<Map<Rc<str>, Function>>,
    pub(crate) cwd: Value,
    /// Nothing says so: the base image has a WORKDIR that nobody knows.
    pub(crate) cwd_is_assumed: bool,
    pub(crate) descriptors: Rc<Map<u32, Descriptor>>,
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
}

impl Aside {
    fn meet(&mut self, other: &Self) {
        for job in &other.jobs {
            if !(self.jobs.iter()).any(|mine| Rc::ptr_eq(&mine.command, &job.command)) {
                self.jobs.push(job.clone());
            }
        }
        self.command_lines = self.command_lines.join(&other.command_lines);
        self.environments = self.environments.join(&other.environments);
        self.initial_environment = self.initial_environment.join(&other.initial_environment);
        if self.came_by != other.came_by {
            self.came_by = None;
        }
    }
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
    pub(crate) elements: Option<Rc<Map<Rc<str>, Value>>>,
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

    fn join(&self, other: &Self) -> Self {
        let elements = match (&self.elements, &other.elements) {
            (Some(a), Some(b)) if !Rc::ptr_eq(a, b) => {
                let mut all = (**a).clone();
                for (key, value) in b.iter() {
                    let joined = all
                        .get(key)
                        .map_or_else(|| value.clone(), |mine| mine.join(value));
                    all.insert(key.clone(), joined);
                }
                Some(Rc::new(all))
            }
            (Some(one), _) | (None, Some(one)) => Some(one.clone()),
            (None, None) => None,
        };
        Self {
            value: self.value.join(&other.value),
            elements,
            exported: self.exported || other.exported,
            refers_to: self.refers_to.clone().or_else(|| other.refers_to.clone()),
            maybe_unset: self.maybe_unset || other.maybe_unset,
            integer: self.integer || other.integer,
            associative: self.associative && other.associative,
            readonly: self.readonly || other.readonly,
        }
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

impl Function {
    /// Either of two.
    fn join(&self, other: &Self) -> Self {
        let mut all = self.clone();
        all.maybe_unset |= other.maybe_unset;
        let mut next = Some(other);
        while let Some(one) = next {
            if !all.has(one) {
                all.or = Some(Rc::new(Self {
                    or: all.or.take(),
                    ..one.clone()
                }));
            }
            next = one.or.as_deref();
        }
        all
    }

    fn has(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.body, &other.body) || self.or.as_ref().is_some_and(|or| or.has(other))
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
    Content(u32),
    /// The name of a file that was not there before the step; its content is that of the number, and it goes to the name in the text.
    File {
        number: u32,
        /// As in a message.
        name: Rc<str>,
        span: Span,
    },
    /// Only to be read.
    Input(Value),
    /// One of these.
    Either(Rc<[Descriptor]>),
}

impl Descriptor {
    /// One of the two: what is written to it is written to both.
    fn join(&self, other: &Self) -> Self {
        let each = |descriptor: &Self| match descriptor {
            Self::Either(all) => all.to_vec(),
            one => vec![one.clone()],
        };
        let mut all = each(self);
        for one in each(other) {
            if let (Self::Input(theirs), Some(Self::Input(mine))) = (&one, all.first_mut()) {
                *mine = mine.join(theirs);
            } else if !all.contains(&one) {
                all.push(one);
            }
        }
        match all.as_slice() {
            [one] => one.clone(),
            _ => Self::Either(all.into()),
        }
    }
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
    pub(crate) fn new(cwd: Value) -> Self {
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
        own(&mut self.variables).insert(name.into(), variable);
    }

    /// Variables of names that nobody knows hold this; `exported`: so that programs get them, too.
    pub(crate) fn set_unknown(&mut self, taint: &Taint, exported: bool) {
        self.any_variable = self.any_variable.join(taint);
        if exported && taint.is_some() {
            let mut variable = Variable::new(Value::unknown(2, self.any_variable.clone()));
            variable.exported = true;
            self.set(UNKNOWN_NAMES, variable);
        }
    }

    pub(crate) fn unset(&mut self, name: &str) {
        if self.variables.contains_key(name) {
            own(&mut self.variables).remove(name);
        }
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
            return self.unset(&target);
        }
        let hides = |frame: &&Hidden| frame.iter().any(|(hidden, _)| **hidden == *name);
        let outer = self.locals.len().saturating_sub(1);
        let inner = self.locals.iter().skip(outer).find(hides);
        let hidden = (self.locals.iter().take(outer).rev().find(hides))
            .filter(|_| inner.is_none() && self.options.bash)
            .and_then(|frame| frame.iter().find(|(hidden, _)| **hidden == *name).cloned());
        match hidden {
            Some((_, Some(variable))) => self.set(name, variable),
            _ => self.unset(name),
        }
    }

    /// What the exported variables tell about.
    pub(crate) fn environment(&self) -> Taint {
        let mut taint = Taint::NONE;
        for (_, variable) in self.variables.iter() {
            if variable.exported {
                taint = taint.join(&variable.taint());
            }
        }
        taint
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
        own(&mut self.descriptors).insert(number, descriptor);
    }

    pub(crate) fn close(&mut self, number: u32) {
        own(&mut self.descriptors).remove(&number);
    }

    fn join(&self, other: &Self) -> Self {
        let mut all = self.clone();
        if !Rc::ptr_eq(&self.variables, &other.variables) {
            let variables = own(&mut all.variables);
            variables.update(&mut |name, mine| match other.variables.get(name) {
                Some(theirs) if *mine == *theirs => {}
                Some(theirs) => *mine = mine.join(theirs),
                None => mine.maybe_unset = true,
            });
            for (name, theirs) in other.variables.iter() {
                if !variables.contains_key(name) {
                    let mut theirs = theirs.clone();
                    theirs.maybe_unset = true;
                    variables.insert(name.clone(), theirs);
                }
            }
        }
        if self.positional != other.positional {
            let (a, b) = (&self.positional, &other.positional);
            let either = |n: usize| match (a.get(n), b.get(n)) {
                (Some(a), Some(b)) => a.join(b),
                (Some(one), None) | (None, Some(one)) => one.clone(),
                (None, None) => Value::empty(),
            };
            all.positional = Rc::new((0..a.len().max(b.len())).map(either).gather());
        }
        all.name = self.name.join(&other.name);
        if !Rc::ptr_eq(&self.functions, &other.functions) {
            let functions = own(&mut all.functions);
            functions.update(&mut |name, mine| match other.functions.get(name) {
                Some(theirs) if *mine == *theirs => {}
                Some(theirs) => *mine = mine.join(theirs),
                None => mine.maybe_unset = true,
            });
            for (name, function) in other.functions.iter() {
                if !functions.contains_key(name) {
                    let mut function = function.clone();
                    function.maybe_unset = true;
                    functions.insert(name.clone(), function);
                }
            }
        }
        all.cwd = self.cwd.join(&other.cwd);
        all.cwd_is_assumed &= other.cwd_is_assumed;
        if self.descriptors != other.descriptors {
            let descriptors = own(&mut all.descriptors);
            for (number, theirs) in other.descriptors.iter() {
                let either = match descriptors.get(number) {
                    Some(mine) if mine == theirs => continue,
                    Some(mine) => mine.join(theirs),
                    None => theirs.clone(),
                };
                descriptors.insert(*number, either);
            }
        }
        all.options.errexit &= other.options.errexit;
        all.options.noclobber |= other.options.noclobber;
        all.options.xtrace |= other.options.xtrace;
        all.options.verbose |= other.options.verbose;
        all.options.allexport |= other.options.allexport;
        all.options.pipefail &= other.options.pipefail;
        all.options.errtrace |= other.options.errtrace;
        all.options.functrace |= other.options.functrace;
        all.options.inherit_errexit &= other.options.inherit_errexit;
        all.options.lastpipe |= other.options.lastpipe;
        all.traps = joined_traps(&self.traps, &other.traps);
        if self.stack != other.stack {
            let (a, b) = (&self.stack, &other.stack);
            let at = |n: usize| match (a.get(n), b.get(n)) {
                (Some(a), Some(b)) => a.join(b),
                (Some(one), None) | (None, Some(one)) => one.clone(),
                (None, None) => Value::empty(),
            };
            all.stack = Rc::new((0..a.len().max(b.len())).map(at).gather());
        }
        if !Rc::ptr_eq(&self.aside, &other.aside) {
            own(&mut all.aside).meet(&other.aside);
        }
        all.any_variable = self.any_variable.join(&other.any_variable);
        all.last_argument = self.last_argument.join(&other.last_argument);
        all.status = self.status.join(other.status);
        all.status_taint = self.status_taint.join(&other.status_taint);
        all
    }
}

impl State {
    /// What holds on either way.
    #[must_use]
    pub(crate) fn join(&self, other: &Self) -> Self {
        Self {
            process: self.process.join(&other.process),
            files: self.files.join(&other.files),
            choice: self.choice.join(&other.choice),
        }
    }

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
            for path in self.files.paths(&variable.value, &Value::known("/")) {
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
        taint.join(&self.files.tree_taint(""))
    }

    /// The secrets that a text in another language can reach: those in variables, and the files that it names in part.
    pub(crate) fn reached_by(&self, text: &str) -> Taint {
        let mut taint = self.process.all_variables();
        for (key, entry) in self.files.entries() {
            let super::files::Node::File(number) = entry.node else {
                continue;
            };
            let (directory, name) = key.rsplit_once('/').unwrap_or(("", key));
            if text.contains(name)
                || (directory.len() > 1 && text.contains(directory))
                || text.contains("/run")
            {
                taint = taint.join(&self.files.content(number).map_or(Taint::NONE, Value::taint));
            }
        }
        taint
    }

    /// Whether both hold the same secrets in the same places; the texts of public values may differ.
    pub(crate) fn same_secrets(&self, other: &Self) -> bool {
        let tainted = |process: &Process| -> Vec<(Rc<str>, Taint)> {
            let all = process
                .variables
                .iter()
                .map(|(name, variable)| (name.clone(), variable.taint()));
            all.filter(|(_, taint)| taint.is_some()).gather()
        };
        (Rc::ptr_eq(&self.process.variables, &other.process.variables)
            || tainted(&self.process) == tainted(&other.process))
            && self.process.any_variable == other.process.any_variable
            && self.files.same_secrets(&other.files)
    }

    /// Whether nothing can tell them apart.
    pub(crate) fn same(&self, other: &Self) -> bool {
        let (a, b) = (&self.process, &other.process);
        (Rc::ptr_eq(&a.variables, &b.variables) || a.variables == b.variables)
            && (Rc::ptr_eq(&a.positional, &b.positional) || a.positional == b.positional)
            && a.cwd == b.cwd
            && (Rc::ptr_eq(&a.aside, &b.aside) || a.aside.came_by == b.aside.came_by)
            && (Rc::ptr_eq(&a.functions, &b.functions) || a.functions == b.functions)
            && (Rc::ptr_eq(&a.descriptors, &b.descriptors) || a.descriptors == b.descriptors)
            && a.options == b.options
            && (Rc::ptr_eq(&a.traps, &b.traps) || a.traps == b.traps)
            && (Rc::ptr_eq(&a.stack, &b.stack) || a.stack == b.stack)
            && a.any_variable == b.any_variable
            && self.files.same(&other.files)
    }
}
