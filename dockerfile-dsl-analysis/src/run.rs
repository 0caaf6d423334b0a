//! Runs one script or command from its initial states to the files that it leaves: the driver of the interpreter, for `check` and `sh!`.
//!
//! In: the inputs of the run, its initial states, and the code to run. Out: [`Ran`]: the events, and the files of each path that may
//! succeed. The caller converts them to findings.

use std::cell::RefCell;

use crate::Span;
use crate::domain::{
    Doubt, FilePlace, Files, Flow, Jump, Sink, Site, State, SymbolicPath, Taint, Told,
};
use crate::interpreter::{Event, Machine, Precision, Sent};
use crate::programs::Programs;
use crate::shell::Script;

/// The inputs of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunInput<'a> {
    /// Programs that the author trusts, and whether their output is trusted, too.
    pub(crate) trusted: &'a [(String, bool)],
    pub(crate) programs: &'a Programs,
    /// Whether to record what programs get of secrets.
    pub(crate) wants_uses: bool,
    /// Length of the text in bytes, which determines the step budget.
    pub(crate) length: usize,
    pub(crate) step: Site,
    /// How the first attempt runs.
    pub(crate) precision: Precision,
    /// Span of the finding for an exhausted budget.
    pub(crate) whole: Span,
}

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Ran<'a> {
    pub(crate) events: Vec<Event>,
    /// What programs get of secrets.
    pub(crate) sent: Vec<Sent>,
    /// Holes in evaluated text, with their positions.
    pub(crate) evaluated: Vec<(usize, Span)>,
    /// The decisions of trust that were needed.
    pub(crate) trust_used: Vec<&'a str>,
    /// The ends of the paths that may succeed.
    pub(crate) ends: Ends<'a>,
    /// The files that ERR traps wrote, on paths that may end the step.
    pub(crate) failed: Vec<Files>,
    /// Number of executed commands.
    pub(crate) steps: u64,
}

/// Runs `execute` from each of the states that `start` returns: exactly, and if that takes too many steps, widened.
pub(crate) fn run<'a>(
    given: RunInput<'a>,
    mut start: impl FnMut(&mut Machine<'a>) -> Vec<State>,
    execute: impl Fn(&mut Machine<'a>, State) -> Vec<Flow>,
) -> Ran<'a> {
    let mut attempt = |precision: Precision| {
        let RunInput {
            trusted, programs, ..
        } = given;
        let mut machine = Machine::new(trusted, programs, given.length, given.step, precision);
        machine.config.wants_uses = given.wants_uses;
        let states = start(&mut machine).into_iter();
        let flows: Vec<Flow> = states
            .flat_map(|state| execute(&mut machine, state))
            .collect();
        (machine, flows)
    };
    let (mut machine, mut flows) = attempt(given.precision);
    if machine.log.exhausted && given.precision != Precision::Widened {
        let steps = machine.steps;
        (machine, flows) = attempt(Precision::Widened);
        machine.steps += steps;
    }
    if machine.log.exhausted {
        let all = flows.iter().map(|flow| flow.state.everything()).collect();
        machine.event(Sink::syntax(Doubt::TooLong), &all, given.whole, None);
    }
    flows.retain(|flow| flow.status.may_succeed());
    Ran {
        events: std::mem::take(&mut machine.log.events),
        sent: std::mem::take(&mut machine.log.sent),
        evaluated: std::mem::take(&mut machine.log.evaluated),
        trust_used: std::mem::take(&mut machine.log.trust_used),
        failed: std::mem::take(&mut machine.log.failed),
        steps: machine.steps,
        ends: Ends {
            machine: RefCell::new(machine),
            flows,
        },
    }
}

/// The ends of the paths that may succeed, with the interpreter that reached them.
#[derive(Debug)]
pub(crate) struct Ends<'a> {
    machine: RefCell<Machine<'a>>,
    flows: Vec<Flow>,
}

impl Ends<'_> {
    /// Returns the files at each end.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Files> {
        self.flows.iter().map(|flow| &flow.state.files)
    }

    /// Whether one more command, after the last one of the script, removes the secrets in a file on every path that has them there.
    pub(crate) fn remove(&self, command: &Script, path: &SymbolicPath) -> bool {
        let has_it = |files: &Files| files.is_tainted(path);
        let mut machine = self.machine.borrow_mut();
        let with_it = self.flows.iter();
        let mut with_it = with_it.filter(|flow| has_it(&flow.state.files)).peekable();
        with_it.peek().is_some()
            && with_it.all(|flow| {
                // After `exit` no command follows.
                let is_run = flow.jump == Jump::None && !machine.log.exhausted;
                is_run && {
                    let after = machine.script(flow.state.clone(), command);
                    after.iter().all(|flow| !has_it(&flow.state.files))
                }
            })
    }
}

/// Returns the secrets in files: for each file and secret, the storage of the file and the provenance of the value.
pub(crate) fn residue(files: &Files) -> impl Iterator<Item = (&SymbolicPath, FilePlace, Told)> {
    residue_in(files, files.tainted())
}

/// The same without the files that `before` has with the same content.
pub(crate) fn residue_since<'f>(
    files: &'f Files,
    before: &Files,
) -> impl Iterator<Item = (&'f SymbolicPath, FilePlace, Told)> {
    residue_in(files, files.tainted_since(before))
}

fn residue_in<'f>(
    files: &'f Files,
    tainted: impl Iterator<Item = (&'f SymbolicPath, Taint)>,
) -> impl Iterator<Item = (&'f SymbolicPath, FilePlace, Told)> {
    tainted.flat_map(|(path, taint)| {
        let place = files.place(path);
        let ways = taint.ways().to_vec().into_iter();
        ways.map(move |told| (path, place.clone(), told))
    })
}
