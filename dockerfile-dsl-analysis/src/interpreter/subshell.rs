//! Subshells: `( )`, `$( )`, `<( )`, `>( )`.
//!
//! In: the state of the shell. Out: the files after the subshell, and its exit status. Its variables, directory and descriptors are
//! discarded.

use std::rc::Rc;

use crate::domain::Cause;
use crate::domain::files::Files;
use crate::domain::map::PersistentMap;
use crate::domain::state::{OpenDescriptor, Process, State, Status};
use crate::domain::symbol::{ContentId, SymbolicPath};
use crate::domain::value::{Taint, Value};
use crate::domain::ways::{Flow, Jump};
use crate::interpreter::trap::inherited;
use crate::interpreter::{Machine, PendingSubstitution};
use crate::shell::{CommandKind, CommandSubstitution, Direction, List, ProcessSubstitution};

/// The result of a subshell.
#[derive(Debug)]
pub(crate) struct Left {
    pub(crate) files: Files,
    pub(crate) status: Status,
    /// Taint of its exit status.
    pub(crate) status_taint: Taint,
}

impl Left {
    fn by(flow: Flow) -> Self {
        let mut status_taint = flow.state.process.status_taint;
        if flow.jump != Jump::None {
            status_taint = status_taint.join(&flow.state.choice);
        }
        Self {
            files: flow.state.files,
            status: flow.status,
            status_taint,
        }
    }

    fn join(self, other: Self) -> Self {
        Self {
            files: if self.files.same(&other.files) {
                self.files
            } else {
                self.files.join(&other.files)
            },
            status: self.status.join(other.status),
            status_taint: self.status_taint.join(&other.status_taint),
        }
    }
}

impl Machine<'_> {
    /// Runs a function in a subshell. Only files and the exit status are kept.
    pub(crate) fn subshell(
        &mut self,
        state: State,
        run: &mut dyn FnMut(&mut Self, State) -> Vec<Flow>,
    ) -> Left {
        let mut all: Option<Left> = None;
        for flow in self.subshell_ways(state, run) {
            let left = Left::by(flow);
            all = Some(match all {
                None => left,
                Some(all) => all.join(left),
            });
        }
        all.unwrap_or_else(|| Left {
            files: Files::new(),
            status: Status::Failure,
            status_taint: Taint::NONE,
        })
    }

    /// The same, path by path.
    pub(super) fn subshell_ways(
        &mut self,
        mut state: State,
        run: &mut dyn FnMut(&mut Self, State) -> Vec<Flow>,
    ) -> Vec<Flow> {
        state.process.traps = inherited(&state.process.traps, state.process.options, false);
        if !state.process.aside.jobs.is_empty() {
            Rc::make_mut(&mut state.process.aside).jobs = PersistentMap::default();
        }
        let run = |machine: &mut Self| {
            let since = machine.substitutions.deferred.len();
            let flows = run(machine, state);
            machine.end_of_process(flows, since)
        };
        self.within(|frame| frame.subshells += 1, run)
    }

    /// Ends a shell process: runs its EXIT traps and deferred process substitutions. `since`: number of deferred ones at its start.
    pub(super) fn end_of_process(&mut self, flows: Vec<Flow>, since: usize) -> Vec<Flow> {
        let mut flows = self.run_exit_traps(flows);
        self.finish_deferred(since, &mut flows);
        for flow in &mut flows {
            self.finish_jobs(&mut flow.state);
        }
        flows
    }

    /// Runs a list in a subshell.
    pub(crate) fn subshell_list(&mut self, state: State, list: &List) -> Left {
        // `$(< FILE)` is the content of the file, except in a plain `sh`, which only opens it.
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
            if !state.process.options.plain {
                let value = state.input(0);
                state.output(self, 1, &value, command.span, &Cause::FileContent);
            }
            return Left {
                files: state.files,
                status: Status::Either,
                status_taint: Taint::NONE,
            };
        }
        self.subshell(state, &mut |machine, inner| {
            machine.list(list, vec![Flow::new(inner, Status::Success)], false)
        })
    }

    /// Runs a command substitution and returns its output.
    pub(crate) fn substitute(
        &mut self,
        state: &mut State,
        substitution: &CommandSubstitution,
    ) -> Value {
        let number = self.births.content();
        let value = self.captured(state, number, |machine, mut inner| {
            let options = &mut inner.process.options;
            options.errexit &= !options.bash || options.inherit_errexit;
            machine.subshell_list(inner, &substitution.list)
        });
        value.without_final_newlines()
    }

    /// Runs a function and captures its standard output.
    pub(crate) fn captured(
        &mut self,
        state: &mut State,
        number: ContentId,
        run: impl FnOnce(&mut Self, State) -> Left,
    ) -> Value {
        let mut inner = state.clone();
        inner.files.set_content(number, Value::empty());
        inner.process.open(1, OpenDescriptor::Content(number));
        let mut left = run(self, inner);
        let value = left.files.take_content(number);
        state.files = left.files;
        self.substituted = Some((left.status, left.status_taint));
        value
    }

    pub(super) fn process_substitution(
        &mut self,
        state: &mut State,
        substitution: &ProcessSubstitution,
    ) -> Value {
        let number = self.births.content();
        let name = self.births.pipe_name();
        let path = Value::known("/dev/fd-").concat(&Value::unknown(name, Taint::NONE));
        let reader = match substitution.direction {
            Direction::In => {
                let substituted = self.substituted.take();
                let value = self.captured(state, number, |machine, inner| {
                    machine.subshell_list(inner, &substitution.list)
                });
                self.substituted = substituted;
                state.files.set_content(number, value);
                None
            }
            Direction::Out => {
                state.files.set_content(number, Value::empty());
                Some(substitution.list.clone())
            }
        };
        let names = state.files.paths(&path, &Value::known("/"));
        let names: Vec<SymbolicPath> = names.into_iter().map(|path| path.key).collect();
        for name in &names {
            state.files.file(name, number, Taint::NONE);
        }
        self.substitutions.pending.push(PendingSubstitution {
            content: number,
            names,
            reader,
        });
        path
    }

    /// `exec > >(cmd)`: `cmd` runs until the shell exits, in a copy of the process from before the `exec`.
    pub(super) fn defer_process_substitutions(&mut self, process: &Process) {
        for substitution in self.substitutions.pending.drain(..) {
            if let Some(list) = substitution.reader {
                let deferred = (substitution.content, list, process.clone());
                self.substitutions.deferred.push(deferred);
            }
        }
    }

    /// Runs the deferred process substitutions, which read until the shell exits.
    pub(super) fn finish_deferred(&mut self, since: usize, flows: &mut [Flow]) {
        for (number, list, process) in self.substitutions.deferred.split_off(since) {
            for flow in &mut *flows {
                let mut inner = State {
                    process: process.clone(),
                    ..flow.state.clone()
                };
                let content = inner.files.take_content(number);
                inner.process.open(0, OpenDescriptor::Input(content));
                let files = self.subshell_list(inner, &list).files;
                flow.state.files = files;
            }
        }
    }

    /// Runs the `>(..)` of the current command, and removes the pipes of its process substitutions.
    pub(crate) fn finish_process_substitutions(&mut self, flows: &mut [Flow]) {
        if self.substitutions.pending.is_empty() || self.frame.holding > 0 {
            return;
        }
        let pending = std::mem::take(&mut self.substitutions.pending);
        for flow in flows {
            for substitution in &pending {
                if let Some(list) = &substitution.reader {
                    let mut inner = flow.state.clone();
                    let content = inner.files.content(substitution.content).cloned();
                    let content = content.unwrap_or_else(Value::empty);
                    inner.process.open(0, OpenDescriptor::Input(content));
                    flow.state.files = self.subshell_list(inner, list).files;
                }
                for name in &substitution.names {
                    flow.state.files.remove(name);
                }
                if !flow.state.process.refers_to(substitution.content) {
                    flow.state.files.close_pipe(substitution.content);
                }
            }
        }
    }
}
