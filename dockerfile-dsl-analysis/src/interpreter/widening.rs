//! Widened execution: bounds the steps of a script whose loops, functions and branches multiply.
//!
//! In: a loop or a function call, and the state before it. Out: the paths after it, coarser than those of exact execution. Paths are joined
//! after each command. A loop or function is executed once per round, in the join of all states that reached it; the outermost one repeats
//! the rounds until no such state changes (chaotic iteration). Invariant: an identity that a round allocates represents all executions.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::domain::state::{DefinedFunction, State, Status};
use crate::domain::ways::{Flow, joined_by_jump, merged};
use crate::interpreter::Machine;
use crate::interpreter::frame::Frame;
use crate::shell::{Command, List};

/// Max. number of commands that are executed exactly; a script may have one more per byte. Beyond it, it is executed again, widened.
const EXACT_STEPS: u64 = 2_000;
/// Max. number of rounds to the fixpoint; beyond it the script counts as not analysable.
const MAX_ROUNDS: u32 = 40;
/// Max. number of changes of a state until the values that change become unknown.
const MAX_CHANGES: u32 = 3;

/// How scripts are executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precision {
    /// Path by path and round by round, up to this number of steps.
    Exact {
        steps: u64,
    },
    Widened,
}

impl Precision {
    /// Returns the precision of the first attempt at a script of `length` bytes.
    pub(crate) const fn first(length: usize) -> Self {
        Self::Exact {
            steps: EXACT_STEPS + length as u64,
        }
    }
}

/// Identity of a loop or function: the address of its body, of which [`Record`] keeps a function's; the first hole of its text; and whether
/// the working directory is assumed to be the root.
type Key = (usize, usize, bool);

/// Executes a loop's body once: returns the paths that leave the loop, and the state after the body.
pub(super) type Visit<'v, M> = dyn FnMut(&mut M, State) -> (Vec<Flow>, Option<State>) + 'v;

/// What is known of a loop or function in the current rounds.
#[derive(Debug)]
struct Record {
    /// The join of all states that reached it.
    entry: State,
    changes: u32,
    /// The paths after it: of functions only.
    exits: Vec<Flow>,
    /// The round that executed it last.
    round: u32,
    is_running: bool,
    /// The most general setting of its callers.
    caller: Frame,
    /// Keeps the body alive, so that its address stays its own.
    _body: Option<Arc<Command>>,
}

/// The position in the rounds.
#[derive(Debug)]
pub(super) struct Widening {
    precision: Precision,
    records: BTreeMap<Key, Record>,
    /// Number of the round; 0 outside of all loops and functions.
    round: u32,
    /// Whether a state changed in this round.
    has_changed: bool,
}

impl Widening {
    pub(super) fn new(precision: Precision) -> Self {
        Self {
            precision,
            records: BTreeMap::new(),
            round: 0,
            has_changed: false,
        }
    }
}

impl Record {
    /// Adds a state that reaches it. Returns whether that changes anything.
    fn reach(&mut self, state: &State, caller: &Frame) -> bool {
        let entry = self.entry.widen(state, self.changes >= MAX_CHANGES);
        let has_general_caller = self.caller.covers(caller);
        if !has_general_caller {
            self.caller.generalize(caller);
        }
        if self.entry.is_fixpoint(&entry) {
            return !has_general_caller;
        }
        self.entry = entry;
        self.changes += 1;
        true
    }

    /// Adds paths after it. Returns whether that changes anything.
    fn leave(&mut self, flows: Vec<Flow>) -> bool {
        let mut has_changed = false;
        for flow in joined_by_jump(flows) {
            let Some(known) = self.exits.iter_mut().find(|known| known.jump == flow.jump) else {
                self.exits.push(flow);
                has_changed = true;
                continue;
            };
            let state = known.state.widen(&flow.state, self.changes >= MAX_CHANGES);
            let status = known.status.join(flow.status);
            if !known.state.is_fixpoint(&state) || known.status != status {
                (known.state, known.status) = (state, status);
                self.changes += 1;
                has_changed = true;
            }
        }
        has_changed
    }
}

impl Machine<'_> {
    pub(super) fn is_widened(&self) -> bool {
        self.widening.precision == Precision::Widened
    }

    /// Whether the current command is executed in the join of its states.
    pub(super) fn is_in_rounds(&self) -> bool {
        self.widening.round > 0
    }

    /// Whether exact execution takes too many steps.
    pub(super) fn is_over_steps(&self) -> bool {
        match self.widening.precision {
            Precision::Exact { steps } => self.steps > steps,
            Precision::Widened => false,
        }
    }

    /// Joins paths: the similar ones, or all that continue alike.
    pub(super) fn merged(&self, flows: Vec<Flow>) -> Vec<Flow> {
        if self.is_widened() {
            return joined_by_jump(flows);
        }
        merged(flows)
    }

    /// Joins paths if the execution is widened.
    pub(super) fn joined_if_widened(&self, flows: Vec<Flow>) -> Vec<Flow> {
        if self.is_widened() {
            return joined_by_jump(flows);
        }
        flows
    }

    /// Executes a loop or function in rounds, unless an outer one does.
    fn in_rounds(&mut self, visit: &mut dyn FnMut(&mut Self) -> Vec<Flow>) -> Vec<Flow> {
        if self.is_in_rounds() {
            return visit(self);
        }
        let mut all = Vec::new();
        for round in 1..=MAX_ROUNDS {
            self.widening.round = round;
            self.widening.has_changed = false;
            all.extend(visit(self));
            all = joined_by_jump(all);
            if !self.widening.has_changed || self.budget == 0 {
                break;
            }
        }
        self.log.exhausted |= self.widening.has_changed;
        self.widening.round = 0;
        self.widening.records.clear();
        all
    }

    /// Adds a state to those that reach a loop or function.
    fn reach(&mut self, key: Key, state: &State, body: Option<&Arc<Command>>) {
        let caller = &self.frame;
        self.widening.has_changed |= match self.widening.records.get_mut(&key) {
            Some(record) => record.reach(state, caller),
            None => {
                let record = Record {
                    entry: state.clone(),
                    changes: 0,
                    exits: Vec::new(),
                    round: 0,
                    is_running: false,
                    caller: caller.clone(),
                    _body: body.cloned(),
                };
                self.widening.records.insert(key, record);
                true
            }
        };
    }

    /// Executes a loop.
    pub(super) fn widened_loop(
        &mut self,
        body: &List,
        state: &State,
        visit: &mut Visit<'_, Self>,
    ) -> Vec<Flow> {
        let key = self.key(std::ptr::from_ref(body).addr());
        self.in_rounds(&mut |machine| {
            machine.reach(key, state, None);
            let entry = machine.widening.records[&key].entry.clone();
            let (mut left, next) = visit(machine, entry);
            if let Some(next) = next {
                machine.reach(key, &next, None);
            }
            if left.is_empty() {
                // `while true` without an exit: the code after it never runs, the code in it does.
                let entry = machine.widening.records[&key].entry.clone();
                left.push(Flow::new(entry, Status::Either));
            }
            joined_by_jump(left)
        })
    }

    /// Executes the body of a function. A call that finds it executed in this round, or running, gets the paths that are known so far.
    pub(super) fn widened_call(&mut self, function: &DefinedFunction, state: &State) -> Vec<Flow> {
        let key = self.key(Arc::as_ptr(&function.body).addr());
        self.in_rounds(&mut |machine| {
            machine.reach(key, state, Some(&function.body));
            let round = machine.widening.round;
            let Some(record) = machine.widening.records.get_mut(&key) else {
                return Vec::new();
            };
            if !record.is_running && record.round != round {
                record.is_running = true;
                record.round = round;
                let (entry, caller) = (record.entry.clone(), record.caller.clone());
                let exempt = caller.exempt;
                let flows = machine.within(
                    |frame| frame.generalize(&caller),
                    |machine| machine.command(&function.body, entry, exempt),
                );
                let known = machine.widening.records.get_mut(&key);
                machine.widening.has_changed |= known.is_some_and(|record| {
                    record.is_running = false;
                    record.leave(flows)
                });
            }
            let known = machine.widening.records.get(&key);
            let exits = known.map_or(&[][..], |record| &record.exits);
            exits.iter().map(|exit| returned(exit, state)).collect()
        })
    }

    fn key(&self, address: usize) -> Key {
        (address, self.frame.base, self.frame.root_is_certain)
    }
}

/// Returns the path after a call: what belongs to the caller is that of `before`.
fn returned(exit: &Flow, before: &State) -> Flow {
    let mut flow = exit.clone();
    flow.state.files.continue_after(&before.files);
    let own = flow.state.process.locals.last().cloned();
    let mut locals = (*before.process.locals).clone();
    if let (Some(last), Some(own)) = (locals.last_mut(), own) {
        *last = own;
    }
    flow.state.process.locals = Rc::new(locals);
    flow
}
