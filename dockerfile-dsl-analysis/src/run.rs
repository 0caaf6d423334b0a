//! Runs one script or command, from its first states to what it leaves: the one driver of the interpreter, for `check` and `sh!`.
//!
//! In: what the run is given, the states that it may start in, and what is run. Out: [`Ran`]: what happened to secrets on the way,
//! and the files of each way on which it may succeed. Who asked makes findings of it.

use crate::Span;
use crate::domain::{Doubt, FilePlace, Files, Flow, Sink, Site, State, SymbolicPath, Taint, Told};
use crate::interpreter::{Event, Machine};
use crate::programs::Programs;

/// What a run is given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given<'a> {
    /// Programs that the author vouches for, and whether for their output too.
    pub(crate) trusted: &'a [(String, bool)],
    pub(crate) programs: &'a Programs,
    /// Bytes of the text: how much may be done for it.
    pub(crate) length: usize,
    pub(crate) step: Site,
    /// Where it is said that all this was too long.
    pub(crate) whole: Span,
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran<'a> {
    pub(crate) events: Vec<Event>,
    /// The holes that stood in a text that was run, and where.
    pub(crate) evaluated: Vec<(usize, Span)>,
    /// The programs that the author had to vouch for.
    pub(crate) trust_used: Vec<&'a str>,
    /// The files at the end of each way on which it may succeed.
    pub(crate) left: Vec<Files>,
    /// What traps of ERR wrote, on ways that may end the step.
    pub(crate) failed: Vec<Files>,
}

/// Runs `execute` from each of the states that `start` gives.
pub(crate) fn run<'a>(
    given: Given<'a>,
    start: impl FnOnce(&mut Machine<'a>) -> Vec<State>,
    execute: impl Fn(&mut Machine<'a>, State) -> Vec<Flow>,
) -> Ran<'a> {
    let mut machine = Machine::new(given.trusted, given.programs, given.length, given.step);
    let states = start(&mut machine).into_iter();
    let flows: Vec<Flow> = states
        .flat_map(|state| execute(&mut machine, state))
        .collect();
    if machine.log.exhausted {
        let all = flows.iter().map(|flow| flow.state.everything()).collect();
        machine.event(Sink::syntax(Doubt::TooLong), &all, given.whole, None);
    }
    let may_succeed = |flow: &Flow| flow.status.may_succeed();
    let left = flows.into_iter().filter(may_succeed);
    Ran {
        events: machine.log.events,
        evaluated: machine.log.evaluated,
        trust_used: machine.log.trust_used,
        left: left.map(|flow| flow.state.files).collect(),
        failed: machine.log.failed,
    }
}

/// What is left of secrets in files: for each file and secret, where the file is kept and the way that the value took.
pub(crate) fn residue(files: &Files) -> impl Iterator<Item = (&SymbolicPath, FilePlace, Told)> {
    files.tainted().flat_map(|(path, taint): (_, Taint)| {
        let place = files.place(path);
        let ways = taint.ways().to_vec().into_iter();
        ways.map(move |told| (path, place.clone(), told))
    })
}
