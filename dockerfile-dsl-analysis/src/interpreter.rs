//! The abstract machine: runs a script on what is known of its texts and files, and says where the value of a secret comes to rest.
//!
//! In: a script's tree, the state before it. Out: the states after it, and [`Event`]s: a value reached the log, or a program that
//! nobody vouches for. What it left in files is in the state; whether those are part of a layer is asked at the end of the step.
//! One run answers for all secrets: taint is a set of sources. Both branches are taken, loops run until nothing new is learned.

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
mod simple;
mod startup;
mod subshell;
mod trap;
mod word;

pub(crate) use call::Call;
use std::cell::Cell;

use frame::Frame;

use crate::Span;
use crate::domain::Sink;
use crate::domain::{Allocator, ContentId, Files, Process, Site, Status, Taint, Value};
use crate::programs::Programs;
use crate::shell::List;

/// Something that happened to a secret, other than being left in a file.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) sink: Sink,
    /// Whose, and the way.
    pub(crate) taint: Taint,
    /// The place of the sink.
    pub(crate) span: Span,
    /// The hole whose public value makes it so, if one does.
    pub(crate) hole: Option<usize>,
}

/// What is the same in a whole run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Config<'a> {
    /// Programs that the author vouches for, and whether for their output too.
    pub(crate) trusted: &'a [(String, bool)],
    pub(crate) programs: &'a Programs,
    /// How many steps may be taken.
    whole_budget: u64,
}

/// What was recorded on the way.
#[derive(Debug, Default)]
pub(crate) struct Log<'a> {
    pub(crate) events: Vec<Event>,
    /// The programs that the author had to vouch for.
    pub(crate) trust_used: Vec<&'a str>,
    /// The holes that stood in a text that was run, and where.
    pub(crate) evaluated: Vec<(usize, Span)>,
    /// What traps of ERR wrote to files, on ways that may end the step.
    pub(crate) failed: Vec<Files>,
    /// The budget was not enough.
    pub(crate) exhausted: bool,
    /// A program was given the working directory, which is only taken to be the root.
    swept: Cell<bool>,
    /// What the arguments and the environments of programs in the background tell about.
    background_lines: Taint,
    background_environments: Taint,
}

/// What stands for the holes of the texts that are being run.
#[derive(Debug, Default)]
pub(crate) struct Holes {
    /// For each hole, those of the innermost text last.
    values: Vec<Value>,
    /// What the values of the script's own holes tell about, as texts.
    pub(crate) texts: Vec<Taint>,
}

/// `>(..)`: lists that read what a command wrote.
#[derive(Debug, Default)]
struct Substitutions {
    /// Of the command that is being run.
    pending: Vec<(ContentId, List)>,
    /// Those of `exec`, each with the process that it is a copy of: they go on until the shell ends.
    deferred: Vec<(ContentId, List, Process)>,
}

/// What commands in the background left, and nobody has waited for.
#[derive(Debug, Default)]
struct Late {
    files: Vec<Files>,
    /// What their statuses tell about.
    statuses: Taint,
}

/// What the script did somewhere, so that from then on it counts everywhere.
#[derive(Debug, Default)]
struct Seen {
    /// `export -f`: another bash has the functions, too.
    exports_functions: bool,
    /// An alias was made.
    aliases: bool,
    /// bash was told to expand them.
    expands_aliases: bool,
    /// A signal was sent.
    killed: bool,
}

/// The interpreter: what it is given, where it is, and what it has recorded. The state of the script is no part of it.
#[derive(Debug)]
pub(crate) struct Machine<'a> {
    pub(crate) config: Config<'a>,
    frame: Frame,
    pub(crate) log: Log<'a>,
    /// Where identities come from: the command that is executed.
    pub(crate) births: Allocator,
    /// How many steps may still be taken: what is longer is not understood.
    budget: u64,
    pub(crate) holes: Holes,
    /// How the last substitution ended, and what that tells about.
    substituted: Option<(Status, Taint)>,
    substitutions: Substitutions,
    late: Late,
    seen: Seen,
}

impl<'a> Machine<'a> {
    /// `length` is that of the script: what takes more steps than it has bytes, and some, is not understood. `step` is its place.
    pub(crate) fn new(
        trusted: &'a [(String, bool)],
        programs: &'a Programs,
        length: usize,
        step: Site,
    ) -> Self {
        let whole_budget = 200_000 + length as u64;
        Self {
            config: Config {
                trusted,
                programs,
                whole_budget,
            },
            frame: Frame::default(),
            log: Log::default(),
            births: Allocator::at(step),
            budget: whole_budget,
            holes: Holes::default(),
            substituted: None,
            substitutions: Substitutions::default(),
            late: Late::default(),
            seen: Seen::default(),
        }
    }

    /// The next hole of the script stands for this; where its text is run later, it tells about that.
    pub(crate) fn stand_in(&mut self, value: Value, text: Taint) {
        self.holes.values.push(value);
        self.holes.texts.push(text);
    }

    /// Keeps what happened, once.
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

    /// A text that is not known, and no other one.
    pub(crate) fn unknown(&self, taint: Taint) -> Value {
        Value::unknown(self.births.symbol(), taint)
    }
}

/// Runs something that goes deep on a stack of its own, so that it does not matter how much the caller has left.
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
    /// This thread was started here: its stack is large enough.
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
        // There is no thread to be had: it goes on here.
        None => {
            call();
            IS_ITS_OWN.set(false);
        }
    }
}

/// Only what is used of it is ever there. Optimised code needs a fraction, and stacks up to this size are kept by the C library
/// for the next thread: a new one costs as much as a small script.
const STACK: usize = if cfg!(debug_assertions) {
    128 << 20
} else {
    32 << 20
};
