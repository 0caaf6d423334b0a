//! The commands that are part of the shell itself.

mod declare;
mod input;
mod print;
mod source;
mod test;

use std::rc::Rc;

use super::Machine;
use super::call::{Argument, path_value};
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
            ":" | "true" | "wait" | "umask" | "ulimit" | "times" | "hash" | "shopt" | "disown"
            | "fg" | "bg" | "jobs" | "bind" => Status::Success,
            "false" => Status::Failure,
            "kill" => {
                self.quote(&mut state, arguments, span, "message of `kill`");
                Status::Either
            }
            "echo" => {
                self.echo(&mut state, arguments, span);
                Status::Success
            }
            "printf" => self.printf(&mut state, arguments, span),
            "cd" | "chdir" | "pushd" => self.change_directory(&mut state, arguments, span),
            "popd" | "dirs" => Status::Either,
            "pwd" => {
                let cwd = state.process.cwd.concat(&Value::known("\n"));
                state.output(self, 1, &cwd, span, "output of `pwd`");
                Status::Success
            }
            "test" | "[" => {
                let operands = if name == "[" && !arguments.is_empty() {
                    &arguments[..arguments.len() - 1]
                } else {
                    arguments
                };
                self.test(&mut state, operands, span)
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
            "mapfile" | "readarray" if bash => self.map_file(&mut state, arguments, span),
            "getopts" => self.getopts(&mut state, arguments, span),
            "let" if bash => {
                self.quote(&mut state, arguments, span, "message of `let`");
                Status::Either
            }
            "trap" => self.trap(&mut state, arguments),
            "type" | "command"
                if matches!(
                    arguments.first().and_then(Argument::text).as_deref(),
                    Some("-v" | "-V")
                ) || name == "type" =>
            {
                self.quote(
                    &mut state,
                    arguments,
                    span,
                    "message about a command that is not found",
                );
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
            "alias" | "unalias" => Status::Success,
            "history" | "fc" | "enable" | "caller" if bash => Status::Either,
            _ => return Err(Box::new(state)),
        };
        Ok(vec![Flow::new(state, status)])
    }

    /// A secret in these words is printed on standard error.
    fn quote(&mut self, state: &mut State, words: &[Argument], span: Span, how: &str) {
        for word in words {
            if word.value.taint().is_some() {
                state.output(self, 2, &word.value, span, how);
            }
        }
    }

    fn change_directory(
        &mut self,
        state: &mut State,
        arguments: &[Argument],
        span: Span,
    ) -> Status {
        let operands = skip_options(arguments);
        let target = match operands.first() {
            None => Argument::new(
                state
                    .process
                    .variable("HOME")
                    .map_or_else(|| Value::known("/root"), |home| home.value.clone()),
                span,
            ),
            Some(word) if word.text().as_deref() == Some("-") => Argument::new(
                state
                    .process
                    .variable("OLDPWD")
                    .map_or_else(|| self.unknown(span, Taint::NONE), |old| old.value.clone()),
                span,
            ),
            Some(word) => word.clone(),
        };
        if target.value.taint().is_some() {
            state.output(self, 2, &target.value, target.span, "message of `cd`");
        }
        let before = state.process.cwd.clone();
        let paths = state.files.paths(&target.value, &before);
        let mut cwd: Option<Value> = None;
        for path in &paths {
            let mut path = path.clone();
            path.key = state.files.follow(&path.key);
            let value = path_value(&path);
            cwd = Some(cwd.map_or_else(|| value.clone(), |cwd| cwd.join(&value)));
        }
        if let Some(cwd) = cwd {
            self.assign(state, "OLDPWD", before);
            state.process.cwd = cwd;
        }
        let known = paths.iter().all(|path| {
            let key = state.files.follow(&path.key);
            state.files.is_directory(&key)
        });
        if known {
            Status::Success
        } else {
            Status::Either
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
