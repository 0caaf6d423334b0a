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
use std::rc::Rc;

use crate::Span;
use crate::domain::Sink;
use crate::domain::{Allocator, ContentId, Files, Process, Site, Status, Taint, Value};
use crate::programs::Programs;

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

/// What a run is given besides the script and the state.
#[derive(Debug)]
pub(crate) struct Machine<'a> {
    pub(crate) events: Vec<Event>,
    /// Programs that the author vouches for, and whether for their output too.
    pub(crate) trusted: &'a [(String, bool)],
    pub(crate) programs: &'a Programs,
    /// Those of them that were needed.
    pub(crate) trust_used: Vec<&'a str>,
    /// How many steps may still be taken: what is longer is not understood.
    pub(crate) budget: u64,
    /// How many there were at first.
    whole_budget: u64,
    /// How deep functions and texts that are evaluated are nested.
    pub(crate) depth: u32,
    /// How deep the command that is run stands in others.
    nesting: u32,
    /// Where identities come from: the command that is executed.
    pub(crate) births: Allocator,
    /// Nesting depth of what may be executed again: functions, loops, texts that are run.
    repeatable: u32,
    /// The budget was not enough.
    pub(crate) exhausted: bool,
    /// What the values of the holes, as texts, tell about.
    pub(crate) hole_text: Vec<Taint>,
    /// What stands for the holes of the text that is being run, from `base` on.
    table: Vec<Value>,
    base: usize,
    /// In so many subshells it is.
    subshells: u32,
    /// `set -e` does not count for the simple command that is run, nor in what it runs in the shell itself: functions, `eval`.
    exempt: bool,
    /// How the last substitution ended, and what that tells about.
    substituted: Option<(Status, Taint)>,
    /// `>(..)` of the command that is being run.
    pending: Vec<(ContentId, crate::shell::List)>,
    /// Those of `exec`, each with the process that it is a copy of: they go on until the shell ends.
    deferred: Vec<(ContentId, crate::shell::List, Process)>,
    /// While this is not 0 they wait.
    holding: u32,
    /// The functions that are running.
    running: Vec<Rc<str>>,
    /// The holes that stood in a text that was run, and where.
    pub(crate) evaluated: Vec<(usize, Span)>,
    /// In so many commands that the shell does not wait for it is, and what the arguments of programs in any of them tell about.
    background: u32,
    background_lines: Taint,
    background_environments: Taint,
    /// A program was given the working directory, which is only taken to be the root.
    swept: std::cell::Cell<bool>,
    /// It is asked what happens if it is the root.
    root_is_certain: bool,
    /// What commands in the background wrote, and nobody has waited for.
    late: Vec<Files>,
    /// What their statuses tell about.
    late_told: Taint,
    /// `export -f`: another bash has the functions, too.
    exports_functions: bool,
    /// An alias was made.
    aliases: bool,
    /// bash was told to expand them.
    expands_aliases: bool,
    /// A signal was sent.
    killed: bool,
    /// What traps of ERR wrote to files, on ways that may end the step.
    pub(crate) failed: Vec<Files>,
}

impl<'a> Machine<'a> {
    /// `length` is that of the script: what takes more steps than it has bytes, and some, is not understood. `step` is its place.
    pub(crate) fn new(
        trusted: &'a [(String, bool)],
        programs: &'a Programs,
        length: usize,
        step: Site,
    ) -> Self {
        Self {
            events: Vec::new(),
            trusted,
            programs,
            trust_used: Vec::new(),
            budget: 200_000 + length as u64,
            whole_budget: 200_000 + length as u64,
            depth: 0,
            nesting: 0,
            births: Allocator::at(step),
            repeatable: 0,
            exhausted: false,
            hole_text: Vec::new(),
            table: Vec::new(),
            base: 0,
            subshells: 0,
            exempt: false,
            substituted: None,
            pending: Vec::new(),
            deferred: Vec::new(),
            holding: 0,
            running: Vec::new(),
            evaluated: Vec::new(),
            background: 0,
            background_lines: Taint::NONE,
            background_environments: Taint::NONE,
            swept: std::cell::Cell::new(false),
            root_is_certain: false,
            late: Vec::new(),
            late_told: Taint::NONE,
            exports_functions: false,
            aliases: false,
            expands_aliases: false,
            killed: false,
            failed: Vec::new(),
        }
    }

    /// The next hole of the script stands for this; where its text is run later, it tells about that.
    pub(crate) fn stand_in(&mut self, value: Value, text: Taint) {
        self.table.push(value);
        self.hole_text.push(text);
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
        if let Some(event) = self.events.iter_mut().rev().take(64).find(same) {
            event.taint = event.taint.join(&taint);
            return;
        }
        self.events.push(Event {
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
    static IS_ITS_OWN: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
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
