//! What runs in a copy of the shell: `( )`, `$( )`, `<( )`, `>( )`.
//!
//! In: the state of the shell. Out: the files that the copy left, and how it ended; its variables, directory and descriptors are gone.

use super::Machine;
use super::effects::content_number;
use super::files::Files;
use super::state::{Descriptor, Process, State, Status};
use super::trap::inherited;
use super::value::{Taint, Value};
use super::ways::Flow;
use crate::shell::{CommandKind, CommandSubstitution, Direction, List, ProcessSubstitution};

impl Machine<'_> {
    /// Runs something in a copy of the shell: only files, and how it ended, come back.
    pub(crate) fn subshell(
        &mut self,
        state: State,
        run: &mut dyn FnMut(&mut Self, State) -> Vec<Flow>,
    ) -> (Files, Status) {
        let all = self.subshell_ways(state, run).into_iter();
        all.map(|flow| (flow.state.files, flow.status))
            .reduce(|(files, status), (other, ended)| {
                let files = if files.same(&other) {
                    files
                } else {
                    files.join(&other)
                };
                (files, status.join(ended))
            })
            .unwrap_or_else(|| (Files::new(), Status::Failure))
    }

    /// The same, way by way.
    pub(super) fn subshell_ways(
        &mut self,
        mut state: State,
        run: &mut dyn FnMut(&mut Self, State) -> Vec<Flow>,
    ) -> Vec<Flow> {
        state.process.traps = inherited(&state.process.traps, state.process.options, false);
        self.subshells += 1;
        let since = self.deferred.len();
        let flows = run(self, state);
        let mut flows = self.run_exit_traps(flows);
        self.finish_deferred(since, &mut flows);
        self.subshells -= 1;
        flows
    }

    /// Runs a list in a subshell.
    pub(crate) fn subshell_list(&mut self, state: State, list: &List) -> (Files, Status) {
        // `$(< FILE)` is the content of the file.
        if let [item] = list.items.as_slice()
            && let [command] = item.and_or.first.commands.as_slice()
            && item.and_or.rest.is_empty()
            && let CommandKind::Simple(simple) = &command.kind
            && simple.words.is_empty()
            && simple.assignments.is_empty()
            && !command.redirects.is_empty()
        {
            let mut state = state;
            self.redirect(&mut state, &command.redirects);
            let value = state.input(0);
            state.output(self, 1, &value, command.span, "content of a file");
            return (state.files, Status::Either);
        }
        self.subshell(state, &mut |machine, inner| {
            machine.list(list, vec![Flow::new(inner, Status::Success)], false)
        })
    }

    /// Runs `$(..)` and takes its output.
    pub(crate) fn substitute(
        &mut self,
        state: &mut State,
        substitution: &CommandSubstitution,
    ) -> Value {
        let number = self.fresh_number();
        let value = self.captured(state, number, |machine, mut inner| {
            let options = &mut inner.process.options;
            options.errexit &= !options.bash || options.inherit_errexit;
            machine.subshell_list(inner, &substitution.list)
        });
        value.without_final_newlines()
    }

    /// Runs something whose standard output is taken.
    pub(crate) fn captured(
        &mut self,
        state: &mut State,
        number: u32,
        run: impl FnOnce(&mut Self, State) -> (Files, Status),
    ) -> Value {
        let mut inner = state.clone();
        inner.files.set_content(number, Value::empty());
        inner.process.open(1, Descriptor::Content(number));
        let (mut files, status) = run(self, inner);
        let value = files.take_content(number);
        state.files = files;
        self.substituted = Some(status);
        value
    }

    pub(super) fn process_substitution(
        &mut self,
        state: &mut State,
        substitution: &ProcessSubstitution,
    ) -> Value {
        let number = content_number(substitution.span, "<()", self.round);
        let key = format!("/dev/fd-{number:x}");
        match substitution.direction {
            Direction::In => {
                let status = self.substituted;
                let value = self.captured(state, number, |machine, inner| {
                    machine.subshell_list(inner, &substitution.list)
                });
                self.substituted = status;
                state.files.set_content(number, value);
            }
            Direction::Out => {
                state.files.set_content(number, Value::empty());
                self.pending.push((number, substitution.list.clone()));
            }
        }
        state.files.file(&key, number, Taint::NONE);
        Value::known(key)
    }

    /// `exec > >(..)`: what reads there is at its end when the shell is; the process that it is a copy of is that from before.
    pub(super) fn defer_process_substitutions(&mut self, process: &Process) {
        for (number, list) in self.pending.drain(..) {
            self.deferred.push((number, list, process.clone()));
        }
    }

    /// What those that began since then read by the end of the shell.
    pub(super) fn finish_deferred(&mut self, since: usize, flows: &mut [Flow]) {
        for (number, list, process) in self.deferred.split_off(since) {
            for flow in &mut *flows {
                let mut inner = State {
                    process: process.clone(),
                    ..flow.state.clone()
                };
                let content = inner.files.take_content(number);
                inner.process.open(0, Descriptor::Input(content));
                let (files, _) = self.subshell_list(inner, &list);
                flow.state.files = files;
            }
        }
    }

    /// What `>(..)` of the command just run reads now.
    pub(crate) fn finish_process_substitutions(&mut self, flows: &mut [Flow]) {
        if self.pending.is_empty() || self.holding > 0 {
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        for flow in flows {
            for (number, list) in &pending {
                let mut inner = flow.state.clone();
                let content = inner
                    .files
                    .content(*number)
                    .cloned()
                    .unwrap_or_else(Value::empty);
                inner.process.open(0, Descriptor::Input(content));
                let (files, _) = self.subshell_list(inner, list);
                flow.state.files = files;
            }
        }
    }
}
