//! Abstract interpretation of shell scripts: computes where the value of a secret may end up.
//!
//! In: a script's tree and the state before it. Out: the states after it, and [`Event`]s: a value reached the log, or a program that is not
//! in the program database. Values written to files are in the state; at the end of the step the caller asks which of the files are part of
//! a layer.
//! One run covers all secrets: taint is a set of sources. Both branches of a condition are taken, and loops run to a fixpoint.

mod arithmetic;
mod assignment;
mod branch;
mod builtins;
mod call;
mod effects;
mod evaluate;
mod exec;
mod frame;
mod loops;
mod parameter;
mod redirect;
mod row;
mod script;
mod simple;
mod startup;
mod subshell;
mod trap;
mod widening;
mod word;

pub(crate) use call::{Call, are_several};
use std::cell::Cell;
use std::rc::Rc;

use frame::Frame;
pub(crate) use widening::Precision;
use widening::Widening;

use crate::Span;
use crate::domain::Sink;
use crate::domain::{
    Allocator, ContentId, Files, Process, Share, Site, State, Status, SymbolicPath, Taint, Value,
};
use crate::programs::Programs;
use crate::shell::List;
use crate::uses::Host;

/// A secret that reached a sink other than a file.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) sink: Sink,
    /// The secrets, with their provenance.
    pub(crate) taint: Taint,
    /// Position of the sink.
    pub(crate) span: Span,
    /// The hole whose public value causes the leak, if one does.
    pub(crate) hole: Option<usize>,
}

/// What a program gets of secrets.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    /// The program, with its sub-command.
    pub(crate) program: Rc<str>,
    pub(crate) taint: Taint,
    /// Position of the command.
    pub(crate) span: Span,
    /// Where the program sends it.
    pub(crate) hosts: Vec<Host>,
}

/// Configuration of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Config<'a> {
    /// Programs that the author trusts, and whether their output is trusted, too.
    pub(crate) trusted: &'a [(String, bool)],
    pub(crate) programs: &'a Programs,
    /// Whether to record what programs get.
    pub(crate) wants_uses: bool,
    /// Step budget of the whole run.
    whole_budget: u64,
}

/// Observations of a run.
#[derive(Debug, Default)]
pub(crate) struct Log<'a> {
    pub(crate) events: Vec<Event>,
    /// What programs get, if that is wanted.
    pub(crate) sent: Vec<Sent>,
    /// The decisions of trust that were needed.
    pub(crate) trust_used: Vec<&'a str>,
    /// Holes in evaluated text, with their positions.
    pub(crate) evaluated: Vec<(usize, Span)>,
    /// Files that ERR traps wrote on paths that may end the step.
    pub(crate) failed: Vec<Files>,
    /// Whether the budget was exhausted.
    pub(crate) exhausted: bool,
    /// Set when a program reads a whole working directory that is only assumed to be `/`.
    used_assumed_cwd: Cell<bool>,
    /// Taint of the arguments and the environments of background programs.
    background_lines: Taint,
    background_environments: Taint,
}

/// Values of the holes in the texts that are being run.
#[derive(Debug, Default)]
pub(crate) struct Holes {
    /// For each hole its values, that of the innermost text last.
    values: Vec<Value>,
    /// Taint of the values of the script's own holes, used as text.
    pub(crate) texts: Vec<Taint>,
}

/// Process substitutions.
#[derive(Debug, Default)]
struct Substitutions {
    /// Those of the current command.
    pending: Vec<PendingSubstitution>,
    /// Each `>(..)` of `exec` with the process that it copies: they run until the shell exits.
    deferred: Vec<(ContentId, List, Process)>,
}

/// A process substitution whose command has not ended. Its pipe has a name until then.
#[derive(Debug)]
struct PendingSubstitution {
    content: ContentId,
    names: Vec<SymbolicPath>,
    /// The list of `>(..)`: it reads what the command has written.
    reader: Option<List>,
}

/// Results of background jobs that no `wait` has awaited.
#[derive(Debug, Default)]
struct Late {
    files: Vec<Files>,
    /// Taint of their exit statuses.
    statuses: Taint,
}

/// Facts about the script that hold everywhere once they are seen.
#[derive(Debug, Default)]
struct Seen {
    /// `export -f`: another bash inherits the functions.
    exports_functions: bool,
    /// An alias was defined.
    aliases: bool,
    /// bash expands aliases (`shopt -s expand_aliases`).
    expands_aliases: bool,
    /// A signal was sent.
    killed: bool,
}

/// The interpreter: its configuration, its position and its observations. The state of the script is separate.
#[derive(Debug)]
pub(crate) struct Machine<'a> {
    pub(crate) config: Config<'a>,
    frame: Frame,
    pub(crate) log: Log<'a>,
    /// Allocator of identities, for the command that is executed.
    pub(crate) births: Allocator,
    /// Remaining steps; beyond it the script counts as not analysable.
    budget: u64,
    /// Remaining entries of long directories that patterns look at.
    listing: usize,
    pub(crate) holes: Holes,
    /// Exit status of the last command substitution, with its taint.
    substituted: Option<(Status, Taint)>,
    substitutions: Substitutions,
    late: Late,
    seen: Seen,
    widening: Widening,
    /// Number of commands that were executed.
    pub(crate) steps: u64,
}

impl<'a> Machine<'a> {
    /// `length`: length of the script in bytes, which determines the step budget. `step`: its position.
    pub(crate) fn new(
        trusted: &'a [(String, bool)],
        programs: &'a Programs,
        length: usize,
        step: Site,
        precision: Precision,
    ) -> Self {
        let whole_budget = 200_000 + length as u64;
        Self {
            config: Config {
                trusted,
                programs,
                wants_uses: false,
                whole_budget,
            },
            frame: Frame::default(),
            log: Log::default(),
            births: Allocator::at(step),
            budget: whole_budget,
            listing: word::LISTING,
            holes: Holes::default(),
            substituted: None,
            substitutions: Substitutions::default(),
            late: Late::default(),
            seen: Seen::default(),
            widening: Widening::new(precision),
            steps: 0,
        }
    }

    /// Defines the value of the script's next hole. `text` is the taint if its text is evaluated later.
    pub(crate) fn represent(&mut self, value: Value, text: Taint) {
        self.holes.values.push(value);
        self.holes.texts.push(text);
    }

    /// Records what a program gets, once for a command and its hosts.
    pub(crate) fn sent(&mut self, sent: Sent) {
        let same = |known: &&mut Sent| {
            known.span == sent.span && known.program == sent.program && known.hosts == sent.hosts
        };
        match self.log.sent.iter_mut().rev().take(64).find(same) {
            Some(known) => known.taint = known.taint.join(&sent.taint),
            None => self.log.sent.push(sent),
        }
    }

    /// Records an event, once.
    pub(crate) fn event(&mut self, sink: Sink, taint: &Taint, span: Span, hole: Option<usize>) {
        let taint = taint.told();
        if taint.is_none() {
            return;
        }
        let same = |event: &&mut Event| {
            event.span == span && event.hole == hole && event.sink.is_same_place(&sink)
        };
        if let Some(event) = self.log.events.iter_mut().rev().take(64).find(same) {
            event.taint = event.taint.join(&taint);
            return;
        }
        self.log.events.push(Event {
            sink,
            taint,
            span,
            hole,
        });
    }

    /// Creates a new unknown text.
    pub(crate) fn unknown(&self, taint: Taint) -> Value {
        Value::unknown(self.births.symbol(), taint)
    }

    /// Creates a new unknown text without `..`: a number, for example.
    pub(crate) fn unknown_name(&self, taint: Taint) -> Value {
        Value::unknown(self.births.simple(), taint)
    }

    /// Creates the unknown text that an expansion makes of another one.
    pub(crate) fn made_of(&self, state: &State, text: &Value, taint: Taint) -> Value {
        let code = state.made_of_code(&text.as_code());
        code.map_or_else(|| self.unknown(taint.clone()), |code| code.with(&taint))
    }

    /// Creates a new unknown text that may be a part of the value.
    pub(crate) fn part_of(&self, value: &Value) -> Value {
        self.unknown_as(value.is_simple(), value.taint().of(Share::Fragment))
    }

    /// Creates a new unknown text. `is_name`: without `..`.
    pub(crate) fn unknown_as(&self, is_name: bool, taint: Taint) -> Value {
        match is_name {
            true => self.unknown_name(taint),
            false => self.unknown(taint),
        }
    }
}

/// Runs a deeply recursive function on a thread with a large stack, independent of the caller's remaining stack.
pub(crate) fn on_its_own_stack<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    let (mut run, mut result) = (Some(run), None);
    once_on_its_own_stack(&mut || {
        if let Some(run) = run.take() {
            result = Some(run());
        }
    });
    result.expect("it ran, or its panic went on")
}

thread_local! {
    /// Whether this thread was started here, with a large stack.
    static IS_ITS_OWN: Cell<bool> = const { Cell::new(false) };
}

fn once_on_its_own_stack(run: &mut (dyn FnMut() + Send)) {
    if IS_ITS_OWN.get() {
        return run();
    }
    let run = std::sync::Mutex::new(run);
    let call = || {
        IS_ITS_OWN.set(true);
        if let Ok(mut run) = run.lock() {
            run();
        }
    };
    let spawned = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, call);
        thread.ok().map(std::thread::ScopedJoinHandle::join)
    });
    match spawned {
        Some(Ok(())) => {}
        Some(Err(panic)) => std::panic::resume_unwind(panic),
        // No thread is available: continue on this one.
        None => {
            call();
            IS_ITS_OWN.set(false);
        }
    }
}

/// Only the used part of the stack is committed. Optimised code needs a fraction, and the C library caches stacks up to this size for the
/// next thread: a new one costs as much as a small script.
const STACK: usize = if cfg!(debug_assertions) {
    128 << 20
} else {
    32 << 20
};
