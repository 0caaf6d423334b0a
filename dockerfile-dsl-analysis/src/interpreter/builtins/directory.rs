//! `cd`, `pushd`, `popd`, `dirs`: the working directory, and how it is printed.

use std::rc::Rc;

use crate::Span;
use crate::domain::Argument;
use crate::domain::Cause;
use crate::domain::files::Path;
use crate::domain::state::{State, Status};
use crate::domain::value::{Taint, Value};
use crate::interpreter::Machine;
use crate::interpreter::builtins::skip_options;
use crate::interpreter::call::path_value;

/// Max. number of components of a working directory; a deeper one becomes unknown.
const MAX_DEPTH: usize = 128;

impl Machine<'_> {
    pub(super) fn change_directory(
        &mut self,
        state: &mut State,
        arguments: &[Argument],
        span: Span,
    ) -> Status {
        let operands = skip_options(arguments);
        let variable = |name: &str| {
            let variable = state.process.variable(name);
            variable.map(|variable| variable.value.clone())
        };
        let (target, prints) = match operands.first() {
            None => {
                let home = variable("HOME").unwrap_or_else(|| Value::known("/root"));
                (Argument::new(home, span), false)
            }
            Some(word) if word.text().as_deref() == Some("-") => {
                let old = variable("OLDPWD").unwrap_or_else(|| self.unknown(Taint::NONE));
                (Argument::new(old, span), true)
            }
            Some(word) => (word.clone(), false),
        };
        let before = directory(state);
        let is_physical = arguments[..arguments.len() - operands.len()]
            .iter()
            .any(|word| word.value.known_prefix().contains('P'));
        let files = &state.files;
        let mut paths = if is_physical {
            files.paths(&target.value, &state.process.cwd)
        } else {
            files.logical_paths(&target.value, &before)
        };
        // A directory of CDPATH has precedence, if it exists.
        let prefix = target.value.known_prefix();
        let search = variable("CDPATH").filter(|_| !prefix.starts_with(['/', '.']));
        let mut certain = paths.len() == 1;
        if let Some(search) = search.as_ref().and_then(Value::literal) {
            certain = false;
            for directory in search.split(':').filter(|directory| !directory.is_empty()) {
                let beneath = Value::known(format!("{directory}/")).concat(&target.value);
                paths.extend(state.files.paths(&beneath, &before));
            }
        }
        let mut cwd: Option<Value> = None;
        let mut logical_cwd = None;
        for path in &mut paths {
            let key = state.files.follow(&path.key);
            let given = (key != path.key && certain && !is_physical).then(|| path_value(path));
            path.key = key;
            logical_cwd = given.map(|given| (path_value(path), given));
            certain &= state.files.is_directory(&path.key);
            let value = path_value(path);
            cwd = Some(cwd.map_or_else(|| value.clone(), |cwd| cwd.join(&value)));
        }
        if !certain {
            let word = std::slice::from_ref(&target);
            self.quote(state, word, target.span, &Cause::Message("cd".into()));
        }
        // A deeper directory has no path that a program may open.
        let is_too_deep = |path: &Path| path.key.components().len() > MAX_DEPTH;
        if paths.iter().any(is_too_deep) {
            cwd = cwd.map(|cwd| Value::nameless(cwd.taint()));
            logical_cwd = None;
        }
        if let Some(cwd) = cwd {
            self.assign(state, "OLDPWD", before);
            // A relative path is beneath an unknown directory.
            let leaves = prefix.starts_with('/') || !target.value.holes().eq([]);
            state.process.cwd_is_assumed &= !leaves;
            state.process.cwd = cwd;
            if logical_cwd.is_some() || state.process.aside.logical_cwd.is_some() {
                Rc::make_mut(&mut state.process.aside).logical_cwd = logical_cwd;
            }
        }
        if prints || search.is_some() {
            self.print_directory(state, span);
        }
        if certain {
            Status::Success
        } else {
            Status::Either
        }
    }

    pub(super) fn print_directory(&mut self, state: &mut State, span: Span) {
        let cwd = directory(state).concat(&Value::known("\n"));
        state.files.ask_value(&cwd);
        state.output(self, 1, &cwd, span, &Cause::WorkingDirectory);
    }

    /// `pushd`, `popd`.
    pub(super) fn directory_stack(
        &mut self,
        state: &mut State,
        name: &str,
        arguments: &[Argument],
        span: Span,
    ) -> Status {
        let before = state.process.cwd.clone();
        let counts = |word: &Argument| word.value.known_prefix().starts_with(['+', '-']);
        let operand = arguments
            .iter()
            .find(|word| word.text().as_deref() != Some("-n"));
        let status = match operand {
            // `pushd +N`: any directory of the stack.
            Some(word) if counts(word) => {
                let all = state.process.stack.values();
                let any = all.fold(before.clone(), |any, directory| any.join(directory));
                state.process.stack.change_all(|_, _| Some(any.clone()));
                state.process.cwd = any;
                Status::Either
            }
            Some(word) if name == "pushd" => {
                let status = self.change_directory(state, std::slice::from_ref(word), span);
                state.process.push_directory(before);
                status
            }
            _ => match state.process.pop_directory() {
                Some(directory) => {
                    if name == "pushd" {
                        state.process.push_directory(before);
                    }
                    state.process.cwd = directory;
                    Status::Success
                }
                None => Status::Failure,
            },
        };
        self.print_stack(state, span);
        status
    }

    /// `dirs`
    pub(super) fn print_stack(&mut self, state: &mut State, span: Span) {
        let value = self.unknown(state.process.stack_taint());
        state.output(self, 1, &value, span, &Cause::DirectoryStack);
    }
}

/// Returns the working directory as the shell prints it.
pub(in super::super) fn directory(state: &State) -> Value {
    match &state.process.aside.logical_cwd {
        Some((place, given)) if *place == state.process.cwd => given.clone(),
        _ => state.process.cwd.clone(),
    }
}
