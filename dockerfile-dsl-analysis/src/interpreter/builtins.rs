//! Builtin commands of the shell.

mod alias;
mod declare;
mod directory;
mod input;
mod print;
mod source;
mod test;

use std::rc::Rc;

pub(super) use alias::PREFIX as ALIAS;
pub(super) use declare::OPTIONS;
pub(super) use directory::directory;

use crate::Span;
use crate::domain::Argument;
use crate::domain::files::{FilePlace, Path};
use crate::domain::state::{State, Status, Variable};
use crate::domain::value::{Share, Taint, Value};
use crate::domain::ways::{Flow, Jump};
use crate::domain::{About, Cause, Step};
use crate::interpreter::Machine;

type Flows = Vec<Flow>;

/// Prefix of the variable that stores a program's path after `hash -p`. No variable of a script has this name.
pub(super) const HASHED: &str = "hash ";

impl Machine<'_> {
    /// Runs a builtin command; returns the state unchanged if the name is not a builtin.
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
            ":" | "true" => Status::Success,
            "false" => Status::Failure,
            "hash" => {
                self.hash(&mut state, arguments, span);
                Status::Either
            }
            "umask" | "ulimit" | "shopt" | "disown" | "fg" | "bg" | "jobs" | "bind" | "times" => {
                let how = Cause::Message(name.into());
                self.quote(&mut state, arguments, span, &how);
                if name == "shopt" {
                    self.shell_options(&mut state, arguments);
                }
                self.report(&mut state, name, arguments, span);
                Status::Success
            }
            "wait" => {
                self.quote(&mut state, arguments, span, &Cause::Message("wait".into()));
                for files in self.late.files.drain(..) {
                    state.files = state.files.join(&files);
                }
                self.finish_jobs(&mut state);
                state.process.status_taint = self.late.statuses.clone();
                Status::Either
            }
            "kill" => {
                self.quote(&mut state, arguments, span, &Cause::Message("kill".into()));
                self.seen.killed = true;
                self.finish_jobs(&mut state);
                return Ok(self.run_signal_traps(vec![Flow::new(state, Status::Either)]));
            }
            "echo" => {
                self.echo(&mut state, arguments, span);
                Status::Success
            }
            "printf" => self.printf(&mut state, arguments, span),
            "cd" | "chdir" => {
                let before = state.clone();
                let status = self.change_directory(&mut state, arguments, span);
                return Ok(moved(before, state, status));
            }
            "pushd" | "popd" if bash => {
                let before = state.clone();
                let status = self.directory_stack(&mut state, name, arguments, span);
                return Ok(moved(before, state, status));
            }
            "dirs" if bash => {
                self.print_stack(&mut state, span);
                Status::Success
            }
            "pwd" => {
                self.print_directory(&mut state, span);
                Status::Success
            }
            // busybox has `[[`; elsewhere it is no command, and fails without its arguments.
            "test" | "[" | "[[" => {
                let operands = if name.starts_with('[') && !arguments.is_empty() {
                    &arguments[..arguments.len() - 1]
                } else {
                    arguments
                };
                return Ok(self.test(state, operands, span));
            }
            "export" | "readonly" | "declare" | "typeset" | "local" => {
                self.declare(&mut state, name, arguments, span)
            }
            "unset" => self.unset(&mut state, arguments, span),
            "set" => self.set(&mut state, arguments, span),
            "shift" => {
                self.quote(
                    &mut state,
                    arguments,
                    span,
                    &Cause::ShellMessage(About::NotANumber),
                );
                let count = match arguments.first() {
                    None => Some(1),
                    Some(word) => word.text().and_then(|text| text.parse::<usize>().ok()),
                };
                let positional = Rc::make_mut(&mut state.process.positional);
                // Any of them may be the first afterwards.
                for value in positional.iter_mut() {
                    *value = value.with(&state.choice);
                }
                match count {
                    // With fewer parameters than that, all of them stay.
                    Some(count) if count > positional.len() => Status::Failure,
                    Some(count) => {
                        positional.drain(..count);
                        Status::Success
                    }
                    None => {
                        // Each may be one of those after it.
                        for at in (1..positional.len()).rev() {
                            positional[at - 1] = positional[at - 1].join(&positional[at]);
                        }
                        Status::Either
                    }
                }
            }
            "read" => self.read(&mut state, arguments, span),
            "mapfile" | "readarray" if bash => return Ok(self.map_file(state, arguments, span)),
            "getopts" => self.getopts(&mut state, arguments, span),
            "let" if bash => {
                self.let_words(&mut state, arguments, span);
                Status::Either
            }
            "trap" => self.trap(&mut state, arguments, span),
            "type" | "command"
                if matches!(
                    arguments.first().and_then(Argument::text).as_deref(),
                    Some("-v" | "-V")
                ) || name == "type" =>
            {
                // `command -v` prints nothing for a missing command.
                if arguments.first().and_then(Argument::text).as_deref() != Some("-v") {
                    self.quote(
                        &mut state,
                        arguments,
                        span,
                        &Cause::ShellMessage(About::UnknownCommand),
                    );
                }
                for argument in arguments {
                    names_a_piece(&mut state, &argument.value);
                }
                let mut taint = self.found_as(&state, name, arguments);
                // Only bash writes the message to standard error.
                let is_found = arguments.first().and_then(Argument::text).as_deref() == Some("-v");
                if !bash && !is_found {
                    taint = taint.join(&Taint::of_all(arguments));
                }
                if state.process.is_often_repeated() {
                    taint = taint.join(&state.process.status_taint);
                }
                let text = self.unknown(taint);
                state.output(self, 1, &text, span, &Cause::Output(name.into()));
                Status::Either
            }
            "command" | "builtin" => {
                let rest = skip_options(arguments);
                if rest.is_empty() {
                    Status::Success
                } else {
                    // Functions are skipped.
                    let name = rest[0].text().unwrap_or_default();
                    return Ok(self.deeper(state, |machine, state| {
                        match machine.builtin(state, &name, rest, span) {
                            Ok(flows) => flows,
                            Err(state) => machine.program(*state, rest, span),
                        }
                    }));
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
                self.refuse_unseen_text(&state, &text, place);
                return Ok(self.evaluate(state, &text, place));
            }
            "." | "source" => return Ok(self.source(state, arguments, span)),
            "exec" => {
                let rest = skip_options(arguments);
                if rest.is_empty() {
                    Status::Success
                } else {
                    // `exec` replaces the shell, so its traps are gone.
                    state.process.traps = Rc::default();
                    let mut flows =
                        self.deeper(state, |machine, state| machine.program(state, rest, span));
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
                    &Cause::ShellMessage(About::NotANumber),
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
                    &Cause::ShellMessage(About::NotANumber),
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
            "compgen" if bash => return Ok(self.completions(state, arguments, span)),
            "history" | "fc" | "enable" | "caller" if bash => {
                let how = Cause::Message(name.into());
                self.quote(&mut state, arguments, span, &how);
                Status::Either
            }
            _ => return Err(Box::new(state)),
        };
        Ok(vec![Flow::new(state, status)])
    }

    /// Returns the taint of what `type` and `command -v` print: the text of an alias, the path of a hashed program, and the text of a
    /// function, unless an option limits the output to the kind or the name.
    fn found_as(&self, state: &State, name: &str, arguments: &[Argument]) -> Taint {
        let words: Vec<String> = arguments.iter().filter_map(Argument::text).collect();
        let has = |flag: &str| words.iter().any(|word| word == flag);
        let mut taint = Taint::NONE;
        if name == "type" && has("-t") {
            return taint;
        }
        for word in words.iter().filter(|word| !word.starts_with('-')) {
            for prefix in [ALIAS, HASHED] {
                let known = state.process.variable(&format!("{prefix}{word}"));
                taint = taint.join(&known.map_or(Taint::NONE, Variable::taint));
            }
            if !has("-v") && !has("-p") && !has("-P") {
                taint = taint.join(&state.process.function_text(Some(word)));
            }
        }
        taint
    }

    /// `compgen`: prints matching file names with `-G`; otherwise names, including those of variables, and its word list.
    fn completions(&mut self, mut state: State, arguments: &[Argument], span: Span) -> Flows {
        let is_pattern = |word: &Argument| word.text().as_deref() == Some("-G");
        if let Some(at) = arguments.iter().position(is_pattern)
            && let Some(pattern) = arguments.get(at + 1)
        {
            let text = Value::known("printf '%s\\n' ").concat(&pattern.value);
            return self.evaluate(state, &text, span);
        }
        let names = state.process.any_variable.clone();
        let taint = (arguments.iter()).fold(names, |taint, word| taint.join(&word.value.taint()));
        let value = self.unknown(taint);
        state.output(self, 1, &value, span, &Cause::Output("compgen".into()));
        vec![Flow::new(state, Status::Either)]
    }

    /// Prints a setting of the shell, unless it is set.
    fn report(&mut self, state: &mut State, name: &str, arguments: &[Argument], span: Span) {
        let first = arguments
            .first()
            .and_then(Argument::text)
            .unwrap_or_default();
        let is_set = match name {
            "umask" => first.starts_with(|c: char| c.is_ascii_alphanumeric()),
            "shopt" => first.contains(['s', 'u']),
            "ulimit" => arguments.len() > 1,
            _ => name == "disown",
        };
        if !is_set {
            let value = self.unknown_name(Taint::NONE);
            state.output_read(self, 1, &value, span, &Cause::Output(name.into()));
        }
    }

    /// `hash -p PATH NAME`: bash runs PATH for that name, and prints it.
    fn hash(&mut self, state: &mut State, arguments: &[Argument], span: Span) {
        let text = |word: &Argument| word.text().unwrap_or_default();
        let flags: Vec<String> = arguments.iter().map(text).collect();
        if flags.iter().any(|flag| flag == "-r") {
            let hashed = state.process.named(HASHED);
            let names: Vec<Rc<str>> = hashed.map(|(name, _)| name.clone()).collect();
            for name in names {
                state.process.unset(&name);
            }
            return;
        }
        if let [flag, path, names @ ..] = arguments
            && flag.text().as_deref() == Some("-p")
        {
            for name in names.iter().filter_map(Argument::text) {
                let path = path.value.step_if(span, &|| Step::Hashed {
                    name: Rc::from(&*name),
                });
                let name = format!("{HASHED}{name}");
                state.process.set(&name, Variable::new(path));
            }
            return;
        }
        let hashed = state.process.named(HASHED);
        let taint = hashed.fold(Taint::NONE, |taint, (_, path)| taint.join(&path.taint()));
        let value = self.unknown(taint);
        state.output(self, 1, &value, span, &Cause::Output("hash".into()));
        self.quote(state, arguments, span, &Cause::Message("hash".into()));
    }

    /// `unset NAME..`: unsets the variable; bash unsets the function if the variable does not exist; `-f` unsets the function only.
    fn unset(&mut self, state: &mut State, arguments: &[Argument], span: Span) -> Status {
        let names = skip_options(arguments);
        let flags = &arguments[..arguments.len() - names.len()];
        let has = |flag: char| {
            flags
                .iter()
                .any(|word| word.value.known_prefix().contains(flag))
        };
        for argument in names {
            let Some(name) = argument.text() else {
                let word = std::slice::from_ref(argument);
                self.quote(state, word, span, &Cause::Message("unset".into()));
                continue;
            };
            let is_set = state.process.variable(&name).is_some();
            if has('f') || !has('v') && !is_set && state.process.options.bash {
                if state.process.functions.contains_key(name.as_str()) {
                    Rc::make_mut(&mut state.process.functions).remove(name.as_str());
                }
            } else {
                state.process.unset_by_script(&name);
            }
        }
        Status::Either
    }

    /// `shopt -s NAME..`, `shopt -u NAME..`
    fn shell_options(&mut self, state: &mut State, arguments: &[Argument]) {
        let words: Vec<String> = arguments.iter().filter_map(Argument::text).collect();
        self.seen.expands_aliases |= words.iter().any(|word| word == "expand_aliases");
        let sets = |flag: char| {
            let mut words = words.iter();
            words.any(|word| word.starts_with('-') && word.contains(flag))
        };
        if !sets('s') && !sets('u') {
            return;
        }
        for word in &words {
            match &**word {
                "inherit_errexit" => state.process.options.inherit_errexit = sets('s'),
                "lastpipe" => state.process.options.lastpipe = sets('s'),
                _ => {}
            }
        }
    }

    /// `history -s WORD..`: adds a line to the history file.
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
        state.write(self, &paths, &line, span, &Cause::History, true);
    }

    /// Prints an error message that quotes these words.
    pub(super) fn quote(&mut self, state: &mut State, words: &[Argument], span: Span, how: &Cause) {
        for word in words {
            if word.value.taint().is_some() {
                state.output(self, 2, &word.value, span, how);
            }
        }
    }
}

/// Returns the paths after a change of directory. It may fail if the directory is not known to exist. That matters if files in the new
/// directory are discarded after the step, and files in the current one are not.
fn moved(before: State, after: State, status: Status) -> Flows {
    let stays = |state: &State| {
        let paths = (state.files).paths_unasked(&Value::known("."), &state.process.cwd);
        let place = |path: &Path| state.files.place(&state.files.follow(&path.key));
        paths.iter().any(|path| place(path) == FilePlace::Layer)
    };
    if status == Status::Either && stays(&before) && !stays(&after) {
        return vec![
            Flow::new(after, Status::Success),
            Flow::new(before, Status::Failure),
        ];
    }
    vec![Flow::new(after, status)]
}

/// The existence of a file depends on the fragment of a secret in its name.
pub(super) fn names_a_piece(state: &mut State, name: &Value) {
    let taint = name.taint();
    if taint.share() > Share::Whole {
        state.process.status_taint = state.process.status_taint.join(&taint);
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
