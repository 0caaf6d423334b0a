//! The abstract state of the shell at one point of one execution path.
//!
//! A [`Process`] is what a subshell copies (variables, descriptors, directory, options, traps). All processes share [`Files`]. States are
//! cheap to clone: their maps are shared until one changes.

mod code;
mod join;
mod variable;
mod widen;

pub(crate) use variable::{Elements, Variable};

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use crate::Span;
use crate::domain::files::Files;
use crate::domain::map::{Marked, PersistentMap};
use crate::domain::symbol::SymbolicPath;
use crate::domain::symbol::{ContentId, Site};
use crate::domain::traps::Traps;
use crate::domain::value::{Taint, Value};
use crate::shell;
use std::collections::BTreeMap;

/// The abstract state at one point.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) process: Process,
    pub(crate) files: Files,
    /// Taint of the control dependence (implicit flow): the branches on a secret inside a loop that led here.
    pub(crate) choice: Taint,
}

/// Max. number of one-bit observations of a secret that are accepted (implicit flow). A loop with more iterations is a leak.
const MAX_ANSWERS: u32 = 16;

/// Key of the exported variables of unknown names. No variable of a script has this name.
const UNKNOWN_NAMES: &str = "*";

/// The state of one shell process.
#[derive(Debug, Clone)]
pub(crate) struct Process {
    pub(crate) variables: PersistentMap<Rc<str>, Variable>,
    /// `$1`, `$2`, ...
    pub(crate) positional: Rc<Vec<Value>>,
    /// `$0`
    pub(crate) name: Value,
    pub(crate) functions: Rc<BTreeMap<Rc<str>, DefinedFunction>>,
    pub(crate) cwd: Value,
    /// The step that it belongs to. Its variables have unknown initial values.
    pub(crate) step: Site,
    /// Whether the working directory is the base image's WORKDIR, which is unknown.
    pub(crate) cwd_is_assumed: bool,
    pub(crate) descriptors: Rc<BTreeMap<u32, OpenDescriptor>>,
    pub(crate) options: ShellOptions,
    pub(crate) traps: Traps,
    /// The directory stack of `pushd` below the current directory, by their places; the top is the last one.
    pub(crate) stack: PersistentMap<usize, Value>,
    /// Number of what determines the initial values: the step, and the unset variables.
    pub(crate) initial: u64,
    /// Taint of variables of unknown names: after `export $(cat FILE)`, or after sourcing a secret.
    pub(crate) any_variable: Taint,
    /// `$_`
    pub(crate) last_argument: Value,
    pub(crate) aside: Rc<RareState>,
    /// Variables that `local` shadowed, for each active function.
    pub(crate) locals: Rc<Vec<Hidden>>,
    /// Loop nesting depth.
    pub(crate) loops: u32,
    /// Max. number of executions of this point, from the known bounds of the enclosing loops.
    pub(crate) rounds: u32,
    /// Exit status of the last command.
    pub(crate) status: Status,
    /// Taint of the exit status, if the command compared something.
    pub(crate) status_taint: Taint,
}

/// Rarely used state, boxed so that cloning [`Process`] stays cheap.
#[derive(Debug, Clone, Default)]
pub(crate) struct RareState {
    /// The physical and the logical working directory (POSIX `cd -L`), if they differ.
    pub(crate) logical_cwd: Option<(Value, Value)>,
    /// Taint of the arguments of running processes (visible in `ps`).
    pub(crate) command_lines: Taint,
    /// Taint of the environment of background processes (`/proc/PID/environ`).
    pub(crate) environments: Taint,
    /// Taint of the environment that the shell was started with: the content of `/proc/self/environ`.
    pub(crate) initial_environment: Taint,
    /// Background jobs, by their numbers.
    pub(crate) jobs: PersistentMap<u64, Job>,
    /// Variables that the script unset, and whether it did on every path. Their initial values are lost.
    pub(crate) taken: PersistentMap<Rc<str>, bool>,
}

/// A background job that no `wait` has awaited.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) command: Rc<shell::AndOr>,
    /// The process that it copies, and the files at its start.
    pub(crate) process: Process,
    pub(crate) files: Files,
    /// Index of its text's first hole in the interpreter's table.
    pub(crate) base: usize,
}

impl Marked for Job {}

/// Returns a number that this thread has not used before.
pub(crate) fn next_number() -> u64 {
    thread_local! {
        static LAST: Cell<u64> = const { Cell::new(0) };
    }
    LAST.set(LAST.get() + 1);
    LAST.get()
}

/// The variables that `local` shadowed in a function, to be restored at its end.
pub(crate) type Hidden = Vec<(Rc<str>, Option<Variable>)>;

impl Marked for bool {}

/// A function: its body, and the position of its text.
#[derive(Debug, Clone)]
pub(crate) struct DefinedFunction {
    pub(crate) body: Arc<shell::Command>,
    /// Index of its text's first hole in the interpreter's table.
    pub(crate) base: usize,
    /// Taint of its text, if `eval` defined it.
    pub(crate) text: Taint,
    /// The function of the same name on other paths.
    pub(crate) or: Option<Rc<DefinedFunction>>,
    /// Whether it may be undefined.
    pub(crate) maybe_unset: bool,
}

impl PartialEq for DefinedFunction {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.body, &other.body)
            && self.maybe_unset == other.maybe_unset
            && self.or == other.or
    }
}

/// The target of an open file descriptor.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum OpenDescriptor {
    /// The build log.
    Log,
    /// `/dev/null`: discards writes, reads as empty.
    Null,
    /// A file, or a pipe that a later command reads, by its content.
    Content(ContentId),
    /// A file that did not exist before the step, by its content and its path.
    File {
        number: ContentId,
        name: SymbolicPath,
        span: Span,
    },
    /// Open for reading only.
    Input(Value),
    /// One of these descriptors.
    Either(Rc<[OpenDescriptor]>),
}

impl OpenDescriptor {
    /// Whether a write to it, or a read from it, concerns the content.
    fn refers_to(&self, content: ContentId) -> bool {
        match self {
            Self::Log | Self::Null | Self::Input(_) => false,
            Self::Content(number) | Self::File { number, .. } => *number == content,
            Self::Either(all) => all.iter().any(|one| one.refers_to(content)),
        }
    }
}

/// Options of `set` and `shopt`.
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
    /// Whether another path has set `noglob`.
    pub(crate) glob_is_uncertain: bool,
    /// `>` does not overwrite an existing file.
    pub(crate) noclobber: bool,
    /// Functions and subshells inherit the ERR trap.
    pub(crate) errtrace: bool,
    /// They inherit the DEBUG and RETURN traps.
    pub(crate) functrace: bool,
    /// `shopt -s inherit_errexit`: bash keeps `set -e` in `$(..)`.
    pub(crate) inherit_errexit: bool,
    /// `shopt -s lastpipe`: bash runs the last command of a pipeline in the shell itself.
    pub(crate) lastpipe: bool,
    pub(crate) bash: bool,
    /// Known to be dash or the ash of BusyBox, for which `$(< FILE)` is empty.
    pub(crate) plain: bool,
    /// `-l`: reads the profiles.
    pub(crate) login: bool,
    /// `-i`: reads `~/.bashrc`.
    pub(crate) interactive: bool,
}

impl ShellOptions {
    /// `set -f`, `set +f`.
    pub(crate) fn set_noglob(&mut self, on: bool) {
        self.noglob = on;
        self.glob_is_uncertain = false;
    }
}

/// What is known of an exit status.
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
    /// Whether a descriptor refers to the content.
    pub(crate) fn refers_to(&self, content: ContentId) -> bool {
        (self.descriptors.values()).any(|descriptor| descriptor.refers_to(content))
    }

    pub(crate) fn new(cwd: Value, step: Site) -> Self {
        let log = [
            (0, OpenDescriptor::Null),
            (1, OpenDescriptor::Log),
            (2, OpenDescriptor::Log),
        ];
        Self {
            variables: PersistentMap::default(),
            positional: Rc::default(),
            name: Value::known("sh"),
            functions: Rc::default(),
            cwd,
            step,
            cwd_is_assumed: false,
            descriptors: Rc::new(log.into_iter().collect()),
            options: ShellOptions::default(),
            traps: Rc::default(),
            stack: PersistentMap::default(),
            initial: next_number(),
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

    /// Whether this point is executed so often that one-bit observations could reveal a secret.
    pub(crate) fn is_often_repeated(&self) -> bool {
        self.rounds > MAX_ANSWERS
    }

    pub(crate) fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.get(name)
    }

    pub(crate) fn set(&mut self, name: &str, variable: Variable) {
        self.variables.insert(name.into(), variable);
    }

    /// Sets the taint of variables of unknown names. `exported`: programs inherit them, too.
    pub(crate) fn set_unknown(&mut self, taint: &Taint, exported: bool) {
        self.any_variable = self.any_variable.join(taint);
        self.initial = next_number();
        if exported && taint.is_some() {
            let mut variable = Variable::new(Value::nameless(self.any_variable.clone()));
            variable.exported = true;
            self.set(UNKNOWN_NAMES, variable);
        }
    }

    pub(crate) fn unset(&mut self, name: &str) {
        self.variables.remove(name);
    }

    /// Unsets the variable, and marks its initial value as lost.
    pub(crate) fn take(&mut self, name: &str) {
        self.unset(name);
        if self.aside.taken.get(name) != Some(&true) {
            let aside = Rc::make_mut(&mut self.aside);
            aside.taken.insert(name.into(), true);
            self.initial = next_number();
        }
    }

    /// Marks the initial values of variables that are unset as lost.
    pub(crate) fn begin_without(&mut self, taken: PersistentMap<Rc<str>, bool>) {
        Rc::make_mut(&mut self.aside).taken = taken;
        self.initial = next_number();
    }

    /// `unset NAME`: a read-only variable stays. In bash, a `local` of a calling function uncovers the variable that it shadowed.
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

    /// Returns the taint of the exported variables.
    pub(crate) fn environment(&self) -> Taint {
        let exported = self.exported_with_taint();
        exported.map(|(_, variable)| variable.taint()).collect()
    }

    /// Returns the exported variables that have a taint.
    pub(crate) fn exported_with_taint(&self) -> impl Iterator<Item = (&Rc<str>, &Variable)> {
        self.variables.iter_marked(Variable::EXPORTED_TAINT)
    }

    /// Returns the variables whose names begin with `prefix`.
    pub(crate) fn named<'p>(
        &'p self,
        prefix: &'p str,
    ) -> impl Iterator<Item = (&'p Rc<str>, &'p Variable)> {
        let all = self.variables.iter_from(prefix);
        all.take_while(move |(name, _)| name.starts_with(prefix))
    }

    /// Returns the taint of the text of the function of that name; without a name, of all functions.
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

    /// Pushes a directory to the stack.
    pub(crate) fn push_directory(&mut self, directory: Value) {
        self.stack.insert(self.stack.len(), directory);
    }

    /// Takes the top of the directory stack.
    pub(crate) fn pop_directory(&mut self) -> Option<Value> {
        self.stack.remove(&self.stack.len().checked_sub(1)?)
    }

    /// Returns the taint of the directory stack, with the current directory.
    pub(crate) fn stack_taint(&self) -> Taint {
        let below = self.stack.iter_marked(Value::TAINT);
        below.fold(self.cwd.taint(), |taint, (_, directory)| {
            taint.join(&directory.taint())
        })
    }

    /// Returns the taint of all variables.
    pub(crate) fn all_variables(&self) -> Taint {
        let mut taint = self.any_variable.clone();
        for (_, variable) in self.variables.iter_marked(Variable::TAINT) {
            taint = taint.join(&variable.taint());
        }
        taint
    }

    pub(crate) fn open(&mut self, number: u32, descriptor: OpenDescriptor) {
        Rc::make_mut(&mut self.descriptors).insert(number, descriptor);
    }

    pub(crate) fn close(&mut self, number: u32) {
        Rc::make_mut(&mut self.descriptors).remove(&number);
    }
}

impl State {
    /// Returns the contents of the files whose full path is the value of an exported variable.
    pub(crate) fn files_in_environment(&self) -> Taint {
        let mut taint = Taint::NONE;
        for (_, variable) in (self.process.variables).iter_marked(Variable::EXPORTED_PATH) {
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

    /// Returns the join of all taints in the state.
    pub(crate) fn everything(&self) -> Taint {
        let positional = self.process.positional.iter();
        let taint = positional.fold(self.process.all_variables(), |taint, value| {
            taint.join(&value.taint())
        });
        taint.join(&self.files.tree_taint(&SymbolicPath::root()))
    }
}
