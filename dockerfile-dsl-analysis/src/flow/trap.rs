//! Traps: what a shell runs when it ends, or when a command fails.

use std::rc::Rc;

use super::Machine;
use super::call::Argument;
use super::state::{State, Status};
use super::ways::{Flow, Jump};

impl Machine<'_> {
    pub(super) fn trap(&mut self, state: &mut State, arguments: &[Argument]) -> Status {
        let words = match arguments.first().and_then(Argument::text).as_deref() {
            Some("--") => &arguments[1..],
            Some("-p" | "-l") | None if arguments.len() < 2 => return Status::Success,
            _ => arguments,
        };
        let Some((action, signals)) = words.split_first() else {
            return Status::Success;
        };
        let resets = action.text().is_some_and(|text| {
            text == "-" || text.bytes().all(|b| b.is_ascii_digit()) && !text.is_empty()
        });
        let signals = if signals.is_empty() { words } else { signals };
        for signal in signals {
            let Some(signal) = signal.text() else {
                continue;
            };
            let signal = signal.to_ascii_uppercase();
            let signal = match signal.strip_prefix("SIG").unwrap_or(&signal) {
                "0" => "EXIT",
                other => other,
            }
            .to_owned();
            let traps = Rc::make_mut(&mut state.process.traps);
            if resets {
                traps.remove(signal.as_str());
            } else {
                traps.insert(signal.into(), (action.value.clone(), action.span));
            }
        }
        Status::Success
    }

    /// What `trap .. EXIT` asked for, at the end of a shell.
    pub(crate) fn run_exit_traps(&mut self, flows: Vec<Flow>) -> Vec<Flow> {
        let mut all = Vec::new();
        for mut flow in flows {
            let Some((action, span)) = flow.state.process.traps.get("EXIT").cloned() else {
                all.push(flow);
                continue;
            };
            flow.state.process.traps = Rc::default();
            let status = flow.status;
            let after = self.evaluate(flow.state, &action, span);
            all.extend(after.into_iter().map(|mut after| {
                // The status of the shell is the one from before the trap, unless the trap itself exits.
                if after.jump != Jump::Exit {
                    after.status = status;
                }
                after
            }));
        }
        all
    }

    /// `trap .. ERR` of bash: runs after a command that may have failed.
    pub(super) fn run_error_traps(&mut self, flows: Vec<Flow>) -> Vec<Flow> {
        let mut all = Vec::new();
        for flow in flows {
            match flow.state.process.traps.get("ERR").cloned() {
                Some((action, span))
                    if flow.status.may_fail() && flow.jump == Jump::None && self.depth < 20 =>
                {
                    if flow.status.may_succeed() {
                        all.push(Flow::new(flow.state.clone(), Status::Success));
                    }
                    let mut state = flow.state;
                    let traps = std::mem::take(&mut state.process.traps);
                    for mut after in self.evaluate(state, &action, span) {
                        after.state.process.traps = traps.clone();
                        after.status = Status::Failure;
                        all.push(after);
                    }
                }
                _ => all.push(flow),
            }
        }
        all
    }
}
