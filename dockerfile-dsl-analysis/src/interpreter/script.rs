//! Whole scripts: their commands, and what runs at their end.
//!
//! In: a script, as a tree or as a stream of commands, and the state before it. Out: the paths after it. Invariant: both forms give the same
//! paths. A syntax error that a stream finds is an event of all that the paths know.

use crate::domain::state::{State, Status};
use crate::domain::value::Taint;
use crate::domain::ways::{Flow, Jump};
use crate::domain::{Doubt, Sink};
use crate::interpreter::Machine;
use crate::shell::{Script, Stream, SyntaxError};

impl Machine<'_> {
    /// Runs a whole script as a shell process, including its EXIT traps.
    pub(crate) fn script(&mut self, state: State, script: &Script) -> Vec<Flow> {
        let flows = self.list(&script.list, vec![Flow::new(state, Status::Success)], false);
        self.end_script(flows)
    }

    /// The same for a script that is parsed command by command.
    pub(crate) fn stream(&mut self, state: State, script: &mut Stream<'_>) -> Vec<Flow> {
        let mut flows = vec![Flow::new(state, Status::Success)];
        for item in script.items() {
            if flows.iter().all(|flow| flow.jump != Jump::None) {
                break;
            }
            match item {
                Ok(item) => flows = self.item(&item, flows, false),
                Err(error) => {
                    let all = flows.iter().map(|flow| flow.state.everything()).collect();
                    self.syntax_error(error, &all);
                    break;
                }
            }
        }
        self.end_script(flows)
    }

    /// Reports a syntax error, which everything depends on.
    pub(crate) fn syntax_error(&mut self, error: SyntaxError, everything: &Taint) {
        let sink = Sink::syntax(Doubt::Syntax(error.message));
        self.event(sink, everything, error.span, None);
    }

    /// Runs what remains at the end of a script.
    fn end_script(&mut self, flows: Vec<Flow>) -> Vec<Flow> {
        let mut flows = self.run_exit_traps(flows);
        self.finish_deferred(0, &mut flows);
        for flow in &mut flows {
            self.finish_jobs(&mut flow.state);
        }
        for files in std::mem::take(&mut self.late.files) {
            for flow in &mut flows {
                flow.state.files = flow.state.files.join(&files);
            }
        }
        flows
    }
}
