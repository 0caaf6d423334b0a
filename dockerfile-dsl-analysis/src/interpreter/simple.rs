//! Simple commands: assignments, redirects, and the resolution of the first word.

use std::rc::Rc;

use crate::Span;
use crate::domain::Argument;
use crate::domain::Cause;
use crate::domain::state::{DefinedFunction, OpenDescriptor, State, Status, Variable};
use crate::domain::value::{Taint, Value};
use crate::domain::ways::{Flow, Jump};
use crate::interpreter::Machine;
use crate::interpreter::branch::leave_branch;
use crate::interpreter::builtins::OPTIONS;
use crate::interpreter::evaluate::positional;
use crate::interpreter::frame::Frame;
use crate::interpreter::parameter::all_text;
use crate::interpreter::redirect::restore;
use crate::interpreter::trap::inherited;
use crate::shell::{Assignment, AssignmentOperator, Command, Part, Simple};

/// Max. recursion of a function.
const MAX_RECURSION: usize = 3;
/// Max. nesting of calls of functions, aliases and scripts.
const MAX_CALLS: usize = 40;

impl Machine<'_> {
    pub(super) fn simple(
        &mut self,
        command: &Command,
        simple: &Simple,
        mut state: State,
        exempt: bool,
    ) -> Vec<Flow> {
        if !state.process.traps.is_empty() {
            state = self.run_debug_trap(state);
        }
        self.substituted = None;
        let mut flows = self.within(
            |frame| frame.holding += 1,
            |machine| machine.words_and_assignments(command, simple, state, exempt),
        );
        self.finish_process_substitutions(&mut flows);
        for flow in &mut flows {
            flow.state.process.status = flow.status;
        }
        if !exempt {
            flows = self.run_error_traps(flows);
        }
        flows
    }

    /// Expands the command. Process substitutions in its words run after it.
    fn words_and_assignments(
        &mut self,
        command: &Command,
        simple: &Simple,
        mut state: State,
        exempt: bool,
    ) -> Vec<Flow> {
        let words = self.fields(&mut state, &simple.words);
        let substituted = self.substituted.take();
        if words.is_empty() {
            for assignment in &simple.assignments {
                let value = self.assignment(&mut state, assignment);
                self.trace_assignment(&mut state, assignment, &value);
            }
            let (status, told) = self.substituted.take().or(substituted).unwrap_or_default();
            state.process.status_taint = told;
            let saved = self.redirect_and_save(&mut state, &command.redirects);
            restore(&mut state, &saved);
            vec![Flow::new(state, status)]
        } else {
            self.trace_words(&mut state, &words, command.span);
            self.within(
                |frame| frame.exempt = exempt,
                |machine| machine.with_words(command, simple, words, state),
            )
        }
    }

    fn with_words(
        &mut self,
        command: &Command,
        simple: &Simple,
        words: Vec<Argument>,
        mut state: State,
    ) -> Vec<Flow> {
        let name = words[0].text().unwrap_or_default();
        // `exec` without a command changes the shell's own descriptors.
        if name == "exec" && words.len() == 1 {
            let before = state.process.clone();
            self.redirect(&mut state, &command.redirects);
            self.defer_process_substitutions(&before);
            return vec![Flow::new(state, Status::Success)];
        }
        let keeps = !state.process.options.bash
            && matches!(
                &*name,
                "eval" | "export" | ":" | "." | "set" | "readonly" | "exec" | "shift" | "unset"
            );
        let mut before: Vec<(String, Option<Variable>)> = Vec::new();
        for assignment in &simple.assignments {
            let variable = assignment.name.text.to_string();
            before.push((variable.clone(), state.process.variable(&variable).cloned()));
            let value = self.assignment(&mut state, assignment);
            self.trace_assignment(&mut state, assignment, &value);
            let variables = &mut state.process.variables;
            variables.change(variable.as_str(), |known| known.exported = true);
        }
        let saved = self.redirect_and_save(&mut state, &command.redirects);
        state.process.status_taint = Taint::NONE;
        let last = words
            .last()
            .map_or_else(Value::empty, |word| word.value.clone());
        let mut flows = self.run_words(state, &words, command.span);
        if matches!(
            &*name,
            "declare" | "typeset" | "local" | "readonly" | "export"
        ) {
            self.declared_arrays(simple, &mut flows);
        }
        for flow in &mut flows {
            restore(&mut flow.state, &saved);
            if !keeps {
                for (name, variable) in before.iter().rev() {
                    match variable {
                        Some(variable) => flow.state.process.set(name, variable.clone()),
                        None => flow.state.process.unset(name),
                    }
                }
            }
            flow.state.process.last_argument = last.clone();
        }
        flows
    }

    /// `declare -A NAME=(..)`: assigns the elements again, now that the variable is associative.
    fn declared_arrays(&mut self, simple: &Simple, flows: &mut [Flow]) {
        for word in &simple.words {
            let [Part::Literal(name), Part::Array(array)] = word.parts.as_slice() else {
                continue;
            };
            let Some(name) = name.text.strip_suffix('=') else {
                continue;
            };
            let (name, operator) = match name.strip_suffix('+') {
                Some(name) => (name, AssignmentOperator::Append),
                None => (name, AssignmentOperator::Set),
            };
            for flow in &mut *flows {
                self.assign_array(&mut flow.state, name, array, operator);
            }
        }
    }

    /// Runs a command by its expanded words: a function, a builtin or a program.
    pub(crate) fn run_words(&mut self, state: State, words: &[Argument], span: Span) -> Vec<Flow> {
        self.budget = self.budget.saturating_sub(1 + words.len() as u64 / 4);
        let Some(name) = words.first().and_then(Argument::text) else {
            return self.program(state, words, span);
        };
        if self.seen.aliases
            && let Some(flows) = self.run_alias(&state, words)
        {
            return flows;
        }
        if let Some(function) = state.process.functions.get(name.as_str()).cloned() {
            let mut flows = Vec::new();
            let mut next = function.or.as_deref();
            while let Some(other) = next {
                let arguments = &words[1..];
                flows.extend(self.call_function(state.clone(), &name, other.clone(), arguments));
                next = other.or.as_deref();
            }
            if !function.maybe_unset {
                flows.extend(self.call_function(state, &name, function.clone(), &words[1..]));
                return self.merged(flows);
            }
            flows.extend(self.call_function(state.clone(), &name, function.clone(), &words[1..]));
            flows.extend(match self.builtin(state, &name, words, span) {
                Ok(flows) => flows,
                Err(state) => self.program(*state, words, span),
            });
            return self.merged(flows);
        }
        match self.builtin(state, &name, words, span) {
            Ok(mut flows) => {
                let name = Rc::from(&*name);
                let failed = flows.iter_mut().filter(|flow| flow.status.may_fail());
                failed.for_each(|flow| flow.state.message(self, span, &name));
                flows
            }
            Err(state) => self.program(*state, words, span),
        }
    }

    fn function_body(&mut self, function: &DefinedFunction, state: State) -> Vec<Flow> {
        let exempt = self.frame.exempt;
        let mut flows = self.within(
            |frame| frame.repeatable += 1,
            |machine| {
                if machine.is_widened() {
                    return machine.widened_call(function, &state);
                }
                machine.command(&function.body, state, exempt)
            },
        );
        // The caller may be the same function: the rest of its body is another execution than that of the call.
        for flow in &mut flows {
            flow.state.files.begin_execution();
        }
        let has_traps = |flow: &Flow| !flow.state.process.traps.is_empty();
        if flows.iter().any(has_traps) {
            flows = self.run_return_trap(flows);
        }
        flows
    }

    fn call_function(
        &mut self,
        mut state: State,
        name: &str,
        function: DefinedFunction,
        arguments: &[Argument],
    ) -> Vec<Flow> {
        let calls = self.frame.calls(name);
        if self.frame.all_calls() > MAX_CALLS && !self.is_widened() {
            self.log.exhausted = true;
            return vec![Flow::new(state, Status::Either)];
        }
        if calls > MAX_RECURSION {
            return vec![Flow::new(state, Status::Either)];
        }
        let recursive = calls > 0;
        let outer = std::mem::replace(
            &mut state.process.positional,
            Rc::new(positional(arguments)),
        );
        Rc::make_mut(&mut state.process.locals).push(Vec::new());
        // Recursion is a loop.
        let (loops, rounds) = (state.process.loops, state.process.rounds);
        if recursive {
            state.process.loops += 1;
            state.process.rounds = u32::MAX;
        }
        let choice = state.choice.clone();
        let pending = std::mem::take(&mut self.substitutions.pending);
        let traps = state.process.traps.clone();
        state.process.traps = inherited(&traps, state.process.options, true);
        let given = state.process.traps.clone();
        let options = state.process.options;
        state.files.begin_execution();
        let call = |frame: &mut Frame| {
            frame.call(name);
            frame.base = function.base;
            frame.holding = 0;
        };
        let mut flows = self.within(call, |machine| machine.function_body(&function, state));
        for flow in &mut flows {
            // Traps that the function did not change are restored.
            if flow.state.process.traps == given {
                flow.state.process.traps = traps.clone();
            }
        }
        self.substitutions.pending = pending;
        for flow in &mut flows {
            flow.state.process.positional = outer.clone();
            flow.state.process.loops = loops;
            flow.state.process.rounds = rounds;
            if flow.jump != Jump::Exit {
                leave_branch(&mut flow.state, Jump::None, &choice);
            }
            let hidden = Rc::make_mut(&mut flow.state.process.locals)
                .pop()
                .unwrap_or_default();
            for (name, variable) in hidden.into_iter().rev() {
                if &*name == OPTIONS {
                    flow.state.process.options = options;
                    continue;
                }
                match variable {
                    Some(variable) => flow.state.process.set(&name, variable),
                    None => flow.state.process.unset(&name),
                }
            }
            if flow.jump == Jump::Return {
                flow.jump = Jump::None;
            }
        }
        self.merged(flows)
    }

    // `set -x`.

    fn trace_words(&mut self, state: &mut State, words: &[Argument], span: Span) {
        let is_secret = |word: &Argument| word.value.taint().is_some();
        if state.process.options.xtrace && (tells(state) || words.iter().any(is_secret)) {
            self.trace(state, &all_text(words), span);
        }
    }

    fn trace_assignment(&mut self, state: &mut State, assignment: &Assignment, value: &Value) {
        if state.process.options.xtrace {
            self.trace(state, value, assignment.span);
        }
    }

    /// Writes the trace of `set -x` to its descriptor.
    pub(crate) fn trace(&mut self, state: &mut State, value: &Value, span: Span) {
        let prompt = state
            .process
            .variable("PS4")
            .map(|prompt| prompt.value.clone());
        let mut printed = value.clone();
        if let Some(prompt) = prompt {
            let mut inner = state.clone();
            inner.process.options.xtrace = false;
            printed = printed.concat(&self.as_prompt(&mut inner, &prompt, span));
        }
        let number = state
            .process
            .variable("BASH_XTRACEFD")
            .filter(|_| state.process.options.bash)
            .and_then(|number| number.value.literal()?.parse().ok())
            .unwrap_or(2);
        state.output(self, number, &printed, span, &Cause::Xtrace);
    }

    /// Expands a prompt as if in double quotes.
    pub(crate) fn as_prompt(&mut self, state: &mut State, prompt: &Value, span: Span) -> Value {
        let text = match prompt.literal() {
            Some(text) if text.contains(['$', '`']) => text.into_owned(),
            Some(_) => return prompt.clone(),
            None => return self.unknown(prompt.taint()),
        };
        let source = Value::known(format!("cat <<EOF_PS4\n{text}\nEOF_PS4\n"));
        let number = self.births.content();
        let shown = self.captured(state, number, |machine, inner| {
            machine.subshell(inner, &mut |machine, inner| {
                machine.evaluate(inner, &source, span)
            })
        });
        shown.with(&prompt.taint())
    }
}

/// Whether a traced command reveals something without a secret in its words.
fn tells(state: &State) -> bool {
    let process = &state.process;
    let to_log = matches!(
        process.descriptors.get(&2),
        None | Some(OpenDescriptor::Log | OpenDescriptor::Null)
    );
    !to_log
        || state.choice.is_some()
        || process.variable("PS4").is_some()
        || process.variable("BASH_XTRACEFD").is_some()
}
