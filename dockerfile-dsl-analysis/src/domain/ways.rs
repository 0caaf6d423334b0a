//! Execution paths up to a point of a script, and the merging of similar ones.

use crate::domain::state::{State, Status};

/// One execution path up to this point.
#[derive(Debug, Clone)]
pub(crate) struct Flow {
    pub(crate) state: State,
    pub(crate) status: Status,
    pub(crate) jump: Jump,
}

/// How control continues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Jump {
    /// With the next command.
    None,
    /// Leaves this number of loops.
    Break(u32),
    /// Continues with the next iteration of the loop at this nesting level.
    Continue(u32),
    /// Leaves the function or the sourced file.
    Return,
    /// Leaves the shell.
    Exit,
}

impl Flow {
    pub(crate) fn new(state: State, status: Status) -> Self {
        Self {
            state,
            status,
            jump: Jump::None,
        }
    }
}

/// Max. number of states at one point; beyond it the most similar ones are joined.
const MAX_FLOWS: usize = 4;

/// Joins all states.
pub(crate) fn joined(flows: Vec<Flow>) -> Option<State> {
    let mut flows = flows.into_iter();
    let first = flows.next()?.state;
    Some(flows.fold(first, |all, flow| {
        if all.same(&flow.state) {
            all
        } else {
            all.join(&flow.state)
        }
    }))
}

/// Joins the paths down to one for each way of continuing.
pub(crate) fn joined_by_jump(flows: Vec<Flow>) -> Vec<Flow> {
    let mut all: Vec<Flow> = Vec::new();
    for flow in flows {
        match all.iter_mut().find(|other| other.jump == flow.jump) {
            Some(other) => {
                other.state = other.state.join(&flow.state);
                other.status = other.status.join(flow.status);
            }
            None => all.push(flow),
        }
    }
    all
}

/// Removes duplicates, and joins the most similar paths down to [`MAX_FLOWS`].
pub(crate) fn merged(flows: Vec<Flow>) -> Vec<Flow> {
    if flows.len() < 2 {
        return flows;
    }
    let mut all: Vec<Flow> = Vec::new();
    for flow in flows {
        let same = all.iter_mut().find(|other| {
            other.jump == flow.jump
                && other.state.choice == flow.state.choice
                && other.state.same(&flow.state)
        });
        match same {
            Some(other) => {
                other.status = other.status.join(flow.status);
                let told = &mut other.state.process.status_taint;
                *told = told.join(&flow.state.process.status_taint);
            }
            None => all.push(flow),
        }
    }
    while all.len() > MAX_FLOWS {
        // The most similar pair: same exit, same directory and options, same status.
        let mut pair = None;
        'search: for rank in 0..3 {
            for a in 0..all.len() {
                for b in a + 1..all.len() {
                    let (x, y) = (&all[a], &all[b]);
                    let alike = x.jump == y.jump
                        && (rank > 1
                            || x.state.process.cwd == y.state.process.cwd
                                && x.state.process.options == y.state.process.options)
                        && (rank > 0 || x.status == y.status);
                    if alike {
                        pair = Some((a, b));
                        break 'search;
                    }
                }
            }
        }
        let Some((a, b)) = pair else { break };
        let other = all.remove(b);
        let first = &mut all[a];
        first.state = first.state.join(&other.state);
        first.status = first.status.join(other.status);
    }
    all
}
