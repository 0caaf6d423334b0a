//! The commands that are part of the shell itself.

mod alias;
mod declare;
mod directory;
mod input;
mod print;
mod source;
mod test;

use std::rc::Rc;

pub(super) use declare::OPTIONS;

use super::Machine;
use super::call::Argument;
use super::state::{State, Status};
use super::value::{Taint, Value};
use super::ways::{Flow, Jump};
use crate::Span;

type Flows = Vec<Flow>;

impl Machine<'_> {
    /// Runs a built-in command; gives the state back if there is none of that name.
    pub(super) fn builtin(
        &mut self,
        mut state: State,
        name: &str,
        words: &[Argument],
        span: Span,
    ) -> Result<Flows, Box<State>> {
        let arguments = &words[1..];
        let bash = state.process.options.bash;
        let status = match name {
            ":" | "true" | "times" => Status::Success,
            "false" => Status::Failure,
            "umask" | "ulimit" | "hash" | "shopt" | "disown" | "fg" | "bg" | "jobs" | "bind" => {
                let how = format!("message of `{name}`");
                self.quote(&mut state, arguments, span, &how);
                if name == "shopt" {
                    let mut words = arguments.iter().filter_map(Argument::text);
                    self.expands_aliases |= words.any(|word| word == "expand_aliases");
                }
                Status::Success
            }
            "wait" => {
                self.quote(&mut state, arguments, span, "message of `wait`");
                for files in self.late.drain(..) {
                    state.files = state.files.join(&files);
                }
                Status::Either
            }
            "kill" => {
                self.quote(&mut state, arguments, span, "message of `kill`");
                self.killed = true;
                return Ok(self.run_signal_traps(vec![Flow::new(state, Status::Either)]));
            }
            "echo" => {
                self.echo(&mut state, arguments, span);
                Status::Success
            }
            "printf" => self.printf(&mut state, arguments, span),
            "cd" | "chdir" => self.change_directory(&mut state, arguments, span),
            "pushd" | "popd" if bash => self.directory_stack(&mut state, name, arguments, span),
            "dirs" if bash => {
                self.print_stack(&mut state, span);
                Status::Success
            }
            "pwd" => {
                self.print_directory(&mut state, span);
                Status::Success
            }
            "test" | "[" => {
                let operands = if name == "[" && !arguments.is_empty() {
                    &arguments[..arguments.len() - 1]
                } else {
                    arguments
                };
                return Ok(self.test(state, operands, span));
            }
            "export" | "readonly" | "declare" | "typeset" | "local" => {
                self.declare(&mut state, name, arguments, span)
            }
            "unset" => {
                for argument in arguments {
                    match argument.text() {
                        Some(name) => {
                            state.process.unset(&name);
                            if state.process.functions.contains_key(name.as_str()) {
                                Rc::make_mut(&mut state.process.functions).remove(name.as_str());
                            }
                        }
                        None => self.quote(
                            &mut state,
                            std::slice::from_ref(argument),
                            span,
                            "message of `unset`",
                        ),
                    }
                }
                Status::Success
            }
            "set" => self.set(&mut state, arguments, span),
            "shift" => {
                self.quote(
                    &mut state,
                    arguments,
                    span,
                    "message about what is no number",
                );
                let count = arguments
                    .first()
                    .and_then(Argument::text)
                    .and_then(|text| text.parse::<usize>().ok())
                    .unwrap_or(1);
                let positional = Rc::make_mut(&mut state.process.positional);
                positional.drain(..count.min(positional.len()));
                Status::Either
            }
            "read" => self.read(&mut state, arguments, span),
            "mapfile" | "readarray" if bash => return Ok(self.map_file(state, arguments, span)),
            "getopts" => self.getopts(&mut state, arguments, span),
            "let" if bash => {
                self.quote(&mut state, arguments, span, "message of `let`");
                Status::Either
            }
            "trap" => self.trap(&mut state, arguments, span),
            "type" | "command"
                if matches!(
                    arguments.first().and_then(Argument::text).as_deref(),
                    Some("-v" | "-V")
                ) || name == "type" =>
            {
                // `command -v` says nothing of what is not there.
                if arguments.first().and_then(Argument::text).as_deref() != Some("-v") {
                    self.quote(
                        &mut state,
                        arguments,
                        span,
                        "message about a command that is not found",
                    );
                }
                let text = self.unknown(span, Taint::NONE);
                state.output(self, 1, &text, span, "");
                Status::Either
            }
            "command" | "builtin" => {
                let rest = skip_options(arguments);
                if rest.is_empty() {
                    Status::Success
                } else {
                    // Functions are passed over.
                    let name = rest[0].text().unwrap_or_default();
                    return match self.builtin(state, &name, rest, span) {
                        Ok(flows) => Ok(flows),
                        Err(state) => Ok(self.program(*state, rest, span)),
                    };
                }
            }
            "eval" => {
                let mut text = Value::empty();
                for (index, argument) in arguments.iter().enumerate() {
                    if index > 0 {
                        text = text.concat(&Value::known(" "));
                    }
                    text = text.concat(&argument.value);
                }
                let place = arguments.first().map_or(span, |first| first.span);
                return Ok(self.evaluate(state, &text, place));
            }
            "." | "source" => return Ok(self.source(state, arguments, span)),
            "exec" => {
                let rest = skip_options(arguments);
                if rest.is_empty() {
                    Status::Success
                } else {
                    // The shell is gone: so are its traps.
                    state.process.traps = Rc::default();
                    let mut flows = self.program(state, rest, span);
                    for flow in &mut flows {
                        flow.jump = Jump::Exit;
                    }
                    return Ok(flows);
                }
            }
            "exit" | "return" => {
                let given = arguments.first().and_then(Argument::text);
                let status = match (
                    given.as_deref().and_then(|text| text.parse::<i64>().ok()),
                    arguments.first(),
                ) {
                    (Some(0), _) => Status::Success,
                    (Some(_), _) => Status::Failure,
                    (None, None) => state.process.status,
                    (None, Some(_)) => Status::Either,
                };
                self.quote(
                    &mut state,
                    arguments,
                    span,
                    "message about what is no number",
                );
                let jump = if name == "exit" {
                    Jump::Exit
                } else {
                    Jump::Return
                };
                return Ok(vec![Flow {
                    state,
                    status,
                    jump,
                }]);
            }
            "break" | "continue" => {
                self.quote(
                    &mut state,
                    arguments,
                    span,
                    "message about what is no number",
                );
                let count = arguments
                    .first()
                    .and_then(Argument::text)
                    .and_then(|text| text.parse().ok())
                    .unwrap_or(1);
                let jump = if state.process.loops == 0 {
                    Jump::None
                } else if name == "break" {
                    Jump::Break(count)
                } else {
                    Jump::Continue(count)
                };
                return Ok(vec![Flow {
                    state,
                    status: Status::Success,
                    jump,
                }]);
            }
            "alias" => {
                self.alias(&mut state, arguments, span);
                Status::Success
            }
            "unalias" => {
                self.unalias(&mut state, arguments);
                Status::Success
            }
            "history"
                if bash
                    && arguments
                        .first()
                        .is_some_and(|word| word.text().as_deref() == Some("-s")) =>
            {
                self.remember(&mut state, &arguments[1..], span);
                Status::Success
            }
            "history" | "fc" | "enable" | "caller" if bash => {
                let how = format!("message of `{name}`");
                self.quote(&mut state, arguments, span, &how);
                Status::Either
            }
            _ => return Err(Box::new(state)),
        };
        Ok(vec![Flow::new(state, status)])
    }

    /// `history -s WORD..`: a line that is kept in the file of the history.
    fn remember(&mut self, state: &mut State, words: &[Argument], span: Span) {
        let line = words
            .iter()
            .fold(Value::empty(), |all, word| all.concat(&word.value));
        if line.taint().is_none() {
            return;
        }
        let file = state.process.variable("HISTFILE").map_or_else(
            || Value::known("/root/.bash_history"),
            |file| file.value.clone(),
        );
        let paths = state.files.paths(&file, &state.process.cwd);
        state.write(self, &paths, &line, span, "the history of bash", true);
    }

    /// A secret in these words is printed on standard error.
    pub(super) fn quote(&mut self, state: &mut State, words: &[Argument], span: Span, how: &str) {
        for word in words {
            if word.value.taint().is_some() {
                state.output(self, 2, &word.value, span, how);
            }
        }
    }
}

fn skip_options(arguments: &[Argument]) -> &[Argument] {
    let is_option = |word: &&Argument| {
        word.text()
            .is_some_and(|text| text.len() > 1 && text.starts_with('-'))
    };
    let count = arguments.iter().take_while(is_option).count();
    &arguments[count..]
}
