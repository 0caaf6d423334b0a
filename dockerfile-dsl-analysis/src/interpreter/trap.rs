//! Traps: commands that a shell runs when it exits, when a command fails, before each command, after each function, and on a signal.
//!
//! Functions and subshells do not inherit the ERR, DEBUG and RETURN traps, unless `set -E` or `set -T` is set; subshells inherit no other
//! traps either. Signals arrive only if the script calls `kill`: its traps are run then.

use std::rc::Rc;

use crate::Span;
use crate::domain::Argument;
use crate::domain::state::{ShellOptions, State, Status, Variable};
use crate::domain::traps::{Trap, Traps};
use crate::domain::value::Taint;
use crate::domain::ways::{Flow, Jump, joined};
use crate::domain::{About, Cause, Doubt, Sink};
use crate::interpreter::Machine;
use crate::interpreter::branch::{enter_branch, leave_branch};

fn are_without_traps(flows: &[Flow]) -> bool {
    flows.iter().all(|flow| flow.state.process.traps.is_empty())
}

/// Conditions that are not signals.
const NO_SIGNALS: [&str; 4] = ["EXIT", "ERR", "DEBUG", "RETURN"];

impl Machine<'_> {
    pub(super) fn trap(&mut self, state: &mut State, arguments: &[Argument], span: Span) -> Status {
        let first = arguments.first().and_then(Argument::text);
        let words = match first.as_deref() {
            Some("--") => &arguments[1..],
            Some("-l") => return Status::Success,
            _ if arguments.is_empty() || first.as_deref() == Some("-p") => {
                let all = state.process.traps.iter();
                let taint = all.fold(Taint::NONE, |taint, (_, trap)| {
                    taint.join(&trap.action.taint())
                });
                let value = self.unknown(taint);
                state.output(self, 1, &value, span, &Cause::Output("trap".into()));
                return Status::Success;
            }
            _ => arguments,
        };
        let Some((action, signals)) = words.split_first() else {
            return Status::Success;
        };
        let resets = action.text().is_some_and(|text| {
            text == "-" || text.bytes().all(|b| b.is_ascii_digit()) && !text.is_empty()
        });
        let signals = if signals.is_empty() { words } else { signals };
        self.quote(
            state,
            signals,
            span,
            &Cause::ShellMessage(About::NotASignal),
        );
        for signal in signals {
            let Some(signal) = signal.text() else {
                continue;
            };
            let given = signal.to_ascii_uppercase();
            let signal = match given.strip_prefix("SIG").unwrap_or(&given) {
                "0" => "EXIT",
                other => other,
            }
            .to_owned();
            // `SIGEXIT` is not a name for bash. dash accepts no `SIG` prefix, and none of bash's own conditions.
            let certain = match &*signal {
                "EXIT" => !given.starts_with("SIG"),
                "ERR" | "DEBUG" | "RETURN" => state.process.options.bash && given == signal,
                _ => state.process.options.bash || given == signal,
            };
            let traps = Rc::make_mut(&mut state.process.traps);
            if resets {
                traps.remove(signal.as_str());
            } else {
                let trap = Trap {
                    action: action.value.clone(),
                    span: action.span,
                    certain,
                };
                traps.insert(signal.into(), trap);
            }
        }
        Status::Success
    }

    /// Runs EXIT traps at the end of a shell.
    pub(crate) fn run_exit_traps(&mut self, mut flows: Vec<Flow>) -> Vec<Flow> {
        if self.seen.killed {
            flows = self.run_signal_traps(flows);
        }
        if are_without_traps(&flows) {
            return flows;
        }
        let mut all = Vec::new();
        for mut flow in flows {
            let Some(trap) = flow.state.process.traps.get("EXIT").cloned() else {
                all.push(flow);
                continue;
            };
            flow.state.process.traps = Rc::default();
            if !trap.certain {
                all.push(flow.clone());
            }
            let status = flow.status;
            let after = self.within(
                |frame| frame.exempt = false,
                |machine| machine.evaluate(flow.state, &trap.action, trap.span),
            );
            all.extend(after.into_iter().map(|mut after| {
                // The exit status of the shell is that from before the trap, unless the trap itself exits.
                if after.jump != Jump::Exit {
                    after.status = status;
                }
                after
            }));
        }
        all
    }

    /// Runs the ERR trap of bash after a command that may have failed.
    pub(super) fn run_error_traps(&mut self, flows: Vec<Flow>) -> Vec<Flow> {
        if are_without_traps(&flows) {
            return flows;
        }
        let mut all = Vec::new();
        for flow in flows {
            match flow.state.process.traps.get("ERR").cloned() {
                Some(trap)
                    if flow.status.may_fail()
                        && flow.jump == Jump::None
                        && self.frame.depth < 20 =>
                {
                    if flow.status.may_succeed() {
                        all.push(Flow::new(flow.state.clone(), Status::Success));
                    }
                    if !trap.certain {
                        all.push(Flow::new(flow.state.clone(), Status::Failure));
                    }
                    let before = flow.state.files.clone();
                    let outer = flow.state.choice.clone();
                    for mut after in self.run_trap(enter_branch(flow.state), &trap) {
                        leave_branch(&mut after.state, after.jump, &outer);
                        if !before.same(&after.state.files) {
                            self.log.failed.push(after.state.files.without(&before));
                        }
                        after.status = Status::Failure;
                        all.push(after);
                    }
                }
                _ => all.push(flow),
            }
        }
        all
    }

    /// Runs the DEBUG trap of bash before a command.
    pub(super) fn run_debug_trap(&mut self, state: State) -> State {
        match state.process.traps.get("DEBUG").cloned() {
            Some(trap) if self.frame.depth < 20 => {
                let mut flows = vec![];
                if !trap.certain {
                    flows.push(Flow::new(state.clone(), Status::Success));
                }
                let before = state.clone();
                flows.extend(self.run_trap(state, &trap));
                joined(flows).unwrap_or(before)
            }
            _ => state,
        }
    }

    /// Runs signal traps: each may run or not.
    pub(super) fn run_signal_traps(&mut self, flows: Vec<Flow>) -> Vec<Flow> {
        let mut all = Vec::new();
        for flow in flows {
            for (signal, trap) in flow.state.process.traps.clone().iter() {
                if !NO_SIGNALS.contains(&&**signal) && self.frame.depth < 20 {
                    let status = flow.status;
                    let after = self.run_trap(flow.state.clone(), trap);
                    all.extend(after.into_iter().map(|mut after| {
                        if after.jump != Jump::Exit {
                            (after.jump, after.status) = (flow.jump, status);
                        }
                        after
                    }));
                }
            }
            all.push(flow);
        }
        self.merged(all)
    }

    /// Runs the RETURN trap at the end of a function.
    pub(super) fn run_return_trap(&mut self, flows: Vec<Flow>) -> Vec<Flow> {
        let mut all = Vec::new();
        for flow in flows {
            match flow.state.process.traps.get("RETURN").cloned() {
                Some(trap) if flow.jump != Jump::Exit && self.frame.depth < 20 => {
                    if !trap.certain {
                        all.push(flow.clone());
                    }
                    let (status, jump) = (flow.status, flow.jump);
                    for mut after in self.run_trap(flow.state, &trap) {
                        if after.jump != Jump::Exit {
                            (after.jump, after.status) = (jump, status);
                        }
                        all.push(after);
                    }
                }
                _ => all.push(flow),
            }
        }
        all
    }

    /// Runs the text of a trap. Other traps do not run meanwhile.
    fn run_trap(&mut self, mut state: State, trap: &Trap) -> Vec<Flow> {
        let traps = std::mem::take(&mut state.process.traps);
        if trap.action.has_any_text() {
            // Too many actions to tell apart.
            self.event(
                Sink::syntax(Doubt::Evaluated),
                &state.everything(),
                trap.span,
                None,
            );
        }
        if state.process.options.bash {
            // The text of the command, and the values that it was computed from.
            let holes = self.holes.values.get(self.frame.base..).unwrap_or_default();
            let text = Taint::of_all(holes);
            let command = Variable::new(self.unknown(text));
            state.process.set("BASH_COMMAND", command);
        }
        let mut flows = self.within(
            |frame| frame.exempt = false,
            |machine| machine.evaluate(state, &trap.action, trap.span),
        );
        for flow in &mut flows {
            if flow.state.process.traps.is_empty() {
                flow.state.process.traps = traps.clone();
            }
        }
        flows
    }
}

/// Returns the traps that a function (else a subshell) inherits.
pub(super) fn inherited(traps: &Traps, options: ShellOptions, is_function: bool) -> Traps {
    if traps.is_empty() {
        return Rc::default();
    }
    let stays = |name: &str| match name {
        "ERR" => options.errtrace,
        "DEBUG" | "RETURN" => options.functrace,
        _ => is_function,
    };
    if traps.iter().all(|(name, _)| stays(name)) {
        return traps.clone();
    }
    let kept = traps.iter().filter(|(name, _)| stays(name));
    Rc::new(
        kept.map(|(name, action)| (name.clone(), action.clone()))
            .collect(),
    )
}
