//! The commands that are part of the shell itself.

use std::rc::Rc;

use super::Machine;
use super::call::{Argument, path_value};
use super::evaluate::positional;
use super::exec::{Flow, Jump, status_of};
use super::parameter::all_text;
use super::state::{State, Status, Variable};
use super::value::{Taint, Value};
use crate::shell::is_name;
use crate::{Rule, Span};

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

    fn echo(&mut self, state: &mut State, arguments: &[Argument], span: Span) {
        let mut words = arguments;
        let mut newline = true;
        while let Some(text) = words.first().and_then(Argument::text) {
            match &*text {
                "-n" => newline = false,
                "-e" | "-E" | "-en" | "-ne" => newline &= !text.contains('n'),
                _ => break,
            }
            words = &words[1..];
        }
        let mut value = all_text(words);
        // dash's echo reads escapes.
        if let Some(text) = value.literal()
            && text.contains('\\')
            && (arguments.len() != words.len() || !state.process.options.bash)
        {
            value = Value::tainted(unescape(&text), value.taint());
        }
        if newline {
            value = value.concat(&Value::known("\n"));
        }
        state.output(self, 1, &value, span, "output of `echo`");
    }

    fn printf(&mut self, state: &mut State, arguments: &[Argument], span: Span) -> Status {
        let mut words = arguments;
        let mut variable = None;
        if words.first().and_then(Argument::text).as_deref() == Some("-v") && words.len() > 2 {
            variable = Some(words[1].clone());
            words = &words[2..];
        }
        if words.first().and_then(Argument::text).as_deref() == Some("--") {
            words = &words[1..];
        }
        let Some((format, values)) = words.split_first() else {
            return Status::Failure;
        };
        let value = self.formatted(state, format, values, span);
        match variable {
            Some(target) => match target.text() {
                Some(text) => match text.split_once('[') {
                    Some((name, key)) => {
                        let key = Value::known(key.trim_end_matches(']'));
                        self.set_element(state, name, &key, &value, false);
                    }
                    None => {
                        self.assign(state, &text, value.step(span, format!("kept in `${text}`")))
                    }
                },
                None => {
                    state.process.any_variable = state.process.any_variable.join(&value.taint())
                }
            },
            None => state.output(self, 1, &value, span, "output of `printf`"),
        }
        Status::Success
    }

    /// The text that printf makes. A value for a number that is none is quoted in the error message.
    fn formatted(
        &mut self,
        state: &mut State,
        format: &Argument,
        values: &[Argument],
        span: Span,
    ) -> Value {
        let mut value = Value::empty();
        let mut next = 0;
        let all_taint = values
            .iter()
            .fold(Taint::NONE, |taint, word| taint.join(&word.value.taint()));
        let mut rounds = 0;
        loop {
            let before = next;
            for piece in format
                .value
                .alternatives()
                .first()
                .map(|text| text.to_vec())
                .unwrap_or_default()
            {
                let super::value::Kind::Known(text) = &piece.kind else {
                    value = value.concat(&Value::piece(piece));
                    continue;
                };
                let mut rest: &str = text;
                while let Some(at) = rest.find('%') {
                    value =
                        value.concat(&Value::tainted(unescape(&rest[..at]), piece.taint.clone()));
                    let spec = &rest[at + 1..];
                    let end = spec
                        .find(|c: char| c.is_ascii_alphabetic() || c == '%')
                        .unwrap_or(spec.len().saturating_sub(1));
                    let plain = spec.starts_with(['s', 'b']);
                    match spec.as_bytes().get(end) {
                        Some(b'%') => value = value.concat(&Value::known("%")),
                        Some(b's' | b'b' | b'c' | b'q') => {
                            if spec[..end].contains('*') {
                                next += 1;
                            }
                            if let Some(word) = values.get(next) {
                                let piece = if plain || word.value.literal().is_none() {
                                    word.value.clone()
                                } else {
                                    Value::unknown(9, word.value.taint())
                                };
                                // `%.0s` prints nothing of it.
                                if !spec[..end].ends_with(".0") {
                                    value = value.concat(&piece);
                                }
                                // A word that stands for several fills what follows.
                                next += usize::from(!word.splits);
                            }
                        }
                        Some(_) => {
                            if let Some(word) = values.get(next) {
                                if word.value.taint().is_some() {
                                    state.output(
                                        self,
                                        2,
                                        &word.value,
                                        span,
                                        "message of `printf` about what is no number",
                                    );
                                }
                                value = value.concat(&word.value);
                                next += 1;
                            }
                        }
                        None => {}
                    }
                    rest = spec.get(end + 1..).unwrap_or_default();
                }
                value = value.concat(&Value::tainted(unescape(rest), piece.taint.clone()));
            }
            rounds += 1;
            if next >= values.len() || next == before || rounds > 64 {
                break;
            }
        }
        if format.value.alternatives().len() > 1 || rounds > 64 {
            let taint = all_taint.join(&format.value.taint());
            return self.unknown(span, taint);
        }
        value
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

    /// `test`: a comparison says something about what it compares; a file test and being empty do not.
    fn test(&mut self, state: &mut State, operands: &[Argument], span: Span) -> Status {
        let texts: Vec<Option<String>> = operands.iter().map(Argument::text).collect();
        let mut numeric = false;
        for (index, text) in texts.iter().enumerate() {
            match text.as_deref() {
                Some("-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge") => {
                    numeric = true;
                    for near in [index.wrapping_sub(1), index + 1] {
                        if let Some(word) = operands.get(near) {
                            self.quote(
                                state,
                                std::slice::from_ref(word),
                                span,
                                "message of `test` about what is no number",
                            );
                        }
                    }
                }
                Some("=" | "==" | "!=" | "<" | ">") if index > 0 => {
                    for near in [index - 1, index + 1] {
                        if let Some(word) = operands.get(near) {
                            state.process.status_taint =
                                state.process.status_taint.join(&word.value.taint());
                        }
                    }
                }
                _ => {}
            }
        }
        // Unquoted, of unknown text: more words than a test takes are quoted in the message.
        for word in operands.iter().filter(|word| word.splits) {
            if word.value.taint().is_some() && !numeric && state.process.options.bash {
                continue;
            }
        }
        match operands {
            [] => Status::Failure,
            [word] => self.emptiness(state, &word.value).not(),
            [operator, word] => match operator.text().as_deref() {
                Some("-n") => self.emptiness(state, &word.value).not(),
                Some("-z") => self.emptiness(state, &word.value),
                Some("!") => self.emptiness(state, &word.value),
                _ => Status::Either,
            },
            [left, operator, right] => {
                match (left.text(), operator.text().as_deref(), right.text()) {
                    (Some(left), Some("=" | "=="), Some(right)) => status_of(left == right),
                    (Some(left), Some("!="), Some(right)) => status_of(left != right),
                    _ => Status::Either,
                }
            }
            _ => Status::Either,
        }
    }

    fn declare(
        &mut self,
        state: &mut State,
        name: &str,
        arguments: &[Argument],
        span: Span,
    ) -> Status {
        let mut flags = String::new();
        let mut words = arguments;
        while let Some(text) = words.first().and_then(Argument::text) {
            if text.len() > 1 && text.starts_with(['-', '+']) {
                flags.push_str(&text);
                words = &words[1..];
            } else {
                break;
            }
        }
        let prints = flags.contains('p')
            || (words.is_empty() && !flags.contains('f') && !flags.contains('F'));
        if prints {
            let mut taint = Taint::NONE;
            if words.is_empty() {
                taint = if name == "export" {
                    state.process.environment()
                } else {
                    state.process.all_variables()
                };
                taint = taint.join(&state.process.any_variable);
            } else if name != "export" {
                for word in words {
                    taint = taint.join(&match word.text() {
                        Some(name) => state
                            .process
                            .variable(&name)
                            .map_or_else(|| state.process.any_variable.clone(), Variable::taint),
                        None => state.process.all_variables(),
                    });
                }
            }
            if name != "export" || words.is_empty() {
                let value = self.unknown(span, taint);
                state.output(self, 1, &value, span, &format!("output of `{name} -p`"));
                return Status::Success;
            }
        }
        if flags.contains('f') || flags.contains('F') {
            // The text of functions: as it stands in the script.
            let text = self.unknown(span, Taint::NONE);
            state.output(self, 1, &text, span, "");
            return Status::Success;
        }
        let global = flags.contains('g');
        for word in words {
            let prefix = word.value.known_prefix();
            let given = prefix
                .find('=')
                .map(|at| prefix[..at].to_owned())
                .filter(|_| word.value.alternatives().len() == 1);
            let (variable_name, value) = match &given {
                Some(target) => {
                    let append = target.ends_with('+');
                    let plain = target.trim_end_matches('+').to_owned();
                    let value = word
                        .behind(&format!("{target}="))
                        .map_or_else(Value::empty, |word| word.value);
                    let value = if append {
                        state
                            .process
                            .variable(&plain)
                            .map_or_else(Value::empty, |old| old.value.clone())
                            .concat(&value)
                    } else {
                        value
                    };
                    (plain, Some(value))
                }
                None => match word.text() {
                    Some(text) => (text, None),
                    None => {
                        // `export $(cat FILE)`: names that nobody knows.
                        let taint = word.value.taint();
                        state.process.any_variable = state
                            .process
                            .any_variable
                            .join(&taint.step(word.span, "kept in variables of unknown names"));
                        if taint.is_some() && !word.splits && !holds_equals(&word.value) {
                            state.output(
                                self,
                                2,
                                &word.value,
                                word.span,
                                "message about what is no name",
                            );
                        }
                        continue;
                    }
                },
            };
            let (target, element) = match variable_name.split_once('[') {
                Some((name, key)) => (name.to_owned(), Some(key.trim_end_matches(']').to_owned())),
                None => (variable_name, None),
            };
            if !is_name(&target) {
                continue;
            }
            let inside = !state.process.locals.is_empty();
            if (name == "local" || (matches!(name, "declare" | "typeset") && !global)) && inside {
                let old = state.process.variable(&target).cloned();
                if let Some(frame) = Rc::make_mut(&mut state.process.locals).last_mut() {
                    frame.push((target.as_str().into(), old.clone()));
                }
                if value.is_none() && state.process.options.bash {
                    state.process.set(&target, Variable::new(Value::empty()));
                }
            }
            let step = |value: Value| value.step(word.span, format!("kept in `${target}`"));
            match (value, element) {
                (Some(value), _) if flags.contains('n') => {
                    let mut variable = Variable::new(Value::empty());
                    variable.refers_to = value.literal().map(|name| name.as_ref().into());
                    state.process.set(&target, variable);
                }
                (Some(value), Some(key)) => {
                    self.set_element(state, &target, &Value::known(key), &step(value), false)
                }
                (Some(value), None) => self.assign(state, &target, step(value)),
                (None, _) if state.process.variable(&target).is_none() && name != "local" => {
                    // Declared without a value: it keeps what a base image gave it.
                    if name != "export" && name != "readonly" {
                        state.process.set(&target, Variable::new(Value::empty()));
                    }
                }
                (None, _) => {}
            }
            if name == "export" && flags.contains('n') {
                self.export(state, &target, false);
            } else if name == "export" || flags.contains('x') {
                self.export(state, &target, true);
            }
        }
        // The status of `export T=$(cmd)` is that of export.
        Status::Success
    }

    fn export(&mut self, state: &mut State, name: &str, yes: bool) {
        if let Some(variable) = Rc::make_mut(&mut state.process.variables).get_mut(name) {
            variable.exported = yes;
        } else if yes && name == "SHELLOPTS" {
            let mut variable = Variable::new(Value::known("braceexpand"));
            variable.exported = true;
            state.process.set(name, variable);
        }
    }

    fn set(&mut self, state: &mut State, arguments: &[Argument], span: Span) -> Status {
        if arguments.is_empty() {
            let taint = state.process.all_variables();
            let value = self.unknown(span, taint);
            state.output(self, 1, &value, span, "output of `set`");
            return Status::Success;
        }
        let mut at = 0;
        while at < arguments.len() {
            let Some(text) = arguments[at].text() else {
                // `set $FLAGS`: as positional parameters, unless the text begins with a dash.
                break;
            };
            if text == "--" {
                at += 1;
                state.process.positional = Rc::new(positional(&arguments[at..]));
                return Status::Success;
            }
            if text == "-" {
                state.process.options.xtrace = false;
                at += 1;
                break;
            }
            let Some(sign) = text.chars().next().filter(|c| matches!(c, '-' | '+')) else {
                break;
            };
            let on = sign == '-';
            at += 1;
            for letter in text.chars().skip(1) {
                let options = &mut state.process.options;
                match letter {
                    'e' => options.errexit = on,
                    'x' => options.xtrace = on,
                    'v' => options.verbose = on,
                    'a' => options.allexport = on,
                    'u' => options.nounset = on,
                    'n' => options.noexec = on,
                    'f' => options.noglob = on,
                    'o' => {
                        let option = arguments.get(at).and_then(Argument::text);
                        at += 1;
                        match option.as_deref() {
                            Some("errexit") => options.errexit = on,
                            Some("xtrace") => options.xtrace = on,
                            Some("verbose") => options.verbose = on,
                            Some("allexport") => options.allexport = on,
                            Some("nounset") => options.nounset = on,
                            Some("pipefail") => options.pipefail = on,
                            Some("noglob") => options.noglob = on,
                            _ => {}
                        }
                    }
                    _ => {}
                }
            }
        }
        if at < arguments.len() {
            state.process.positional = Rc::new(positional(&arguments[at..]));
        }
        if state.process.options.xtrace
            && let Some(mut shellopts) = state.process.variable("SHELLOPTS").cloned()
        {
            shellopts.value = Value::known("xtrace");
            state.process.set("SHELLOPTS", shellopts);
        }
        Status::Success
    }

    fn read(&mut self, state: &mut State, arguments: &[Argument], span: Span) -> Status {
        let mut names = Vec::new();
        let mut number = 0;
        let mut array = None;
        let mut at = 0;
        while at < arguments.len() {
            let text = arguments[at].text().unwrap_or_default();
            at += 1;
            match text.strip_prefix('-') {
                Some(flags) if !flags.is_empty() => {
                    let takes = flags
                        .chars()
                        .last()
                        .filter(|c| matches!(c, 'a' | 'd' | 'i' | 'n' | 'N' | 'p' | 't' | 'u'));
                    if let Some(flag) = takes {
                        let value = arguments.get(at).cloned();
                        at += 1;
                        match flag {
                            'a' => array = value.and_then(|value| value.text()),
                            'u' => {
                                number = value
                                    .and_then(|value| value.text()?.parse().ok())
                                    .unwrap_or(0)
                            }
                            _ => {}
                        }
                    }
                }
                _ => names.push(text),
            }
        }
        let input = state.input(number);
        let taint = input.taint().step(span, "read by `read`");
        // One line of it, and which part of it each name gets: known only where the whole text is.
        let line = match input.literal() {
            Some(text) if text.lines().count() <= 1 && names.len() <= 1 => {
                Value::tainted(text.trim_end_matches('\n'), taint.clone())
            }
            _ => self.unknown(span, taint.clone()),
        };
        if let Some(array) = array {
            self.set_element(state, &array, &Value::unknown(1, Taint::NONE), &line, false);
        } else if names.is_empty() {
            self.assign(state, "REPLY", line);
        } else {
            for (index, name) in names.iter().enumerate() {
                let value = if names.len() == 1 {
                    line.clone()
                } else {
                    Value::unknown(
                        (span.start as u64) << 8 | 0x10 | index as u64,
                        taint.clone(),
                    )
                };
                let value = value.step(span, format!("kept in `${name}`"));
                self.assign(state, name, value);
            }
        }
        // The next `read` of a pipe or a here-document gets the next line.
        if let Some(super::state::Descriptor::Input(_)) = state.process.descriptors.get(&number) {
            let rest = self.unknown(span, input.taint());
            state
                .process
                .open(number, super::state::Descriptor::Input(rest));
        }
        Status::Either
    }

    fn map_file(&mut self, state: &mut State, arguments: &[Argument], span: Span) -> Status {
        let words: Vec<String> = arguments.iter().filter_map(Argument::text).collect();
        let number = words
            .iter()
            .position(|word| word == "-u")
            .and_then(|at| words.get(at + 1)?.parse().ok())
            .unwrap_or(0);
        let name = words
            .last()
            .filter(|name| is_name(name))
            .cloned()
            .unwrap_or_else(|| "MAPFILE".to_owned());
        let input = state.input(number);
        let taint = input.taint().step(span, format!("kept in `${name}`"));
        let value = self.unknown(span, taint);
        let mut variable = Variable::new(value.clone());
        variable.elements = Some(Rc::new([("?".into(), value)].into_iter().collect()));
        state.process.set(&name, variable);
        Status::Success
    }

    fn getopts(&mut self, state: &mut State, arguments: &[Argument], span: Span) -> Status {
        let values: Vec<Value> = match arguments.get(2..) {
            Some(rest) if !rest.is_empty() => rest.iter().map(|word| word.value.clone()).collect(),
            _ => state.process.positional.to_vec(),
        };
        let taint = values
            .iter()
            .fold(Taint::NONE, |taint, value| taint.join(&value.taint()));
        let argument = self.unknown(span, taint.step(span, "kept in `$OPTARG`"));
        self.assign(state, "OPTARG", argument);
        if let Some(name) = arguments.get(1).and_then(Argument::text) {
            let option = self.unknown(span, Taint::NONE);
            self.assign(state, &name, option);
        }
        Status::Either
    }

    fn trap(&mut self, state: &mut State, arguments: &[Argument]) -> Status {
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

    /// `. FILE`
    fn source(&mut self, mut state: State, arguments: &[Argument], span: Span) -> Flows {
        let Some(file) = arguments.first() else {
            return vec![Flow::new(state, Status::Failure)];
        };
        if file.value.taint().is_some() {
            state.output(
                self,
                2,
                &file.value,
                file.span,
                "message about a file that is not there",
            );
        }
        let cwd = state.process.cwd.clone();
        let mut all: Option<Value> = None;
        for path in state.files.paths(&file.value, &cwd) {
            let content = state
                .read(&path.key)
                .unwrap_or_else(|| self.unknown(span, Taint::NONE));
            all = Some(all.map_or_else(|| content.clone(), |all| all.join(&content)));
        }
        let text = all.unwrap_or_else(Value::empty);
        let taint = text.taint();
        if text.literal().is_none() && taint.is_some() {
            let taint = taint.step(file.span, "kept in the variables that the file sets");
            state.process.any_variable = state.process.any_variable.join(&taint);
            let known_as_settings = file.text().is_some_and(|path| is_settings(&path));
            if !known_as_settings {
                self.event(Rule::SecretInOpaqueSyntax, &taint, span, ".", "a secret is run as a script: a line of it that is no assignment is quoted in the log", None);
            }
            return vec![Flow::new(state, Status::Either)];
        }
        let outer = (arguments.len() > 1).then(|| {
            std::mem::replace(
                &mut state.process.positional,
                Rc::new(positional(&arguments[1..])),
            )
        });
        let mut flows = self.evaluate(state, &text, file.span);
        for flow in &mut flows {
            if flow.jump == Jump::Return {
                flow.jump = Jump::None;
            }
            if let Some(outer) = &outer {
                flow.state.process.positional = outer.clone();
            }
        }
        flows
    }
}

/// Whether a file is by its name one of `NAME=value` lines.
fn is_settings(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name == "env"
        || name.starts_with(".env")
        || name.ends_with(".env")
        || name.ends_with("_env")
        || name.ends_with("-env")
        || name.starts_with("env.")
        || name.contains("dotenv")
}

/// Whether it is `..=..`, though the name is not known.
fn holds_equals(value: &Value) -> bool {
    let known = |piece: &super::value::Piece| matches!(&piece.kind, super::value::Kind::Known(text) if text.contains('='));
    value
        .alternatives()
        .iter()
        .all(|text| text.iter().any(known))
}

fn skip_options(arguments: &[Argument]) -> &[Argument] {
    let is_option = |word: &&Argument| {
        word.text()
            .is_some_and(|text| text.len() > 1 && text.starts_with('-'))
    };
    let count = arguments.iter().take_while(is_option).count();
    &arguments[count..]
}

/// The escapes of printf's format and dash's echo.
fn unescape(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('0') => {
                let mut code = 0_u32;
                while let Some(digit) = chars
                    .peek()
                    .and_then(|c| c.to_digit(8))
                    .filter(|_| code < 32)
                {
                    code = code * 8 + digit;
                    chars.next();
                }
                out.extend(char::from_u32(code));
            }
            Some('c') => break,
            Some(other @ ('\\' | '"' | '\'')) => out.push(other),
            Some(other) => {
                out.push('\\');
                out.push(other);
            }
            None => out.push('\\'),
        }
    }
    out
}
