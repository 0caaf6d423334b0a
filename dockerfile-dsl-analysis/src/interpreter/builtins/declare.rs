//! `export`, `readonly`, `declare`, `local` and `set`: variables, their attributes, and the options of the shell.

use std::rc::Rc;

use crate::Span;
use crate::domain::Argument;
use crate::domain::state::{State, Status, Variable};
use crate::domain::value::{Piece, PieceKind, Taint, Value};
use crate::domain::{About, Cause, Step};
use crate::interpreter::Machine;
use crate::interpreter::evaluate::positional;
use crate::shell::is_name;

/// Key of the shell options among the names that a function shadowed.
pub(in super::super) const OPTIONS: &str = "-";

impl Machine<'_> {
    pub(super) fn declare(
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
                    let functions = state.process.function_text(None);
                    state.process.all_variables().join(&functions)
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
                let value = self.unknown(taint);
                state.output(
                    self,
                    1,
                    &value,
                    span,
                    &Cause::Output(format!("{name} -p").into()),
                );
                return Status::Success;
            }
        }
        if name == "export" && flags.contains('f') {
            self.seen.exports_functions = true;
            return Status::Success;
        }
        if flags.contains('f') || flags.contains('F') {
            // The text of functions: as written in the script, or as evaluated.
            let process = &state.process;
            let taint = match words {
                _ if flags.contains('F') => Taint::NONE,
                [] => process.function_text(None),
                words => words.iter().fold(Taint::NONE, |taint, word| {
                    taint.join(&process.function_text(word.text().as_deref()))
                }),
            };
            let text = self.unknown(taint);
            state.output(self, 1, &text, span, &Cause::FunctionText);
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
                        // `export $(cat FILE)`: unknown names.
                        let taint = word.value.taint();
                        let exported = name == "export"
                            || flags.contains('x')
                            || state.process.options.allexport;
                        let kept = taint.step(word.span, Step::AssignedUnknown);
                        state.process.set_unknown(&kept, exported);
                        let is_one_word = !word.splits || state.is_whole_secret(&word.value);
                        if taint.is_some() && is_one_word && !holds_equals(&word.value) {
                            state.output(
                                self,
                                2,
                                &word.value,
                                word.span,
                                &Cause::ShellMessage(About::NotAName),
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
            // `local -`: the caller's options are restored when the function ends.
            if target == "-" && name == "local" {
                if let Some(frame) = Rc::make_mut(&mut state.process.locals).last_mut() {
                    frame.push((OPTIONS.into(), None));
                }
                continue;
            }
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
            let step = |value: Value| {
                value.step(
                    word.span,
                    Step::Assigned {
                        variable: Rc::from(&*target),
                    },
                )
            };
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
                    // Declared without a value: it keeps the value from the base image.
                    if name != "export" && name != "readonly" {
                        state.process.set(&target, Variable::new(Value::empty()));
                    }
                }
                (None, _) => {}
            }
            if name == "readonly" || flags.contains('r') {
                let variables = &mut state.process.variables;
                variables.change(target.as_str(), |variable| variable.readonly = true);
            }
            let marks = flags.contains(['i', 'A']);
            if marks && state.process.variable(&target).is_none() {
                state.process.set(&target, Variable::new(Value::empty()));
            }
            if let Some(variable) = state.process.variable(&target).filter(|_| marks) {
                let mut variable = variable.clone();
                variable.integer |= flags.contains('i');
                variable.associative |= flags.contains('A');
                let value = variable.value.clone();
                state.process.set(&target, variable);
                self.not_a_number(state, &target, &value);
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

    pub(super) fn export(&mut self, state: &mut State, name: &str, yes: bool) {
        if state.process.variable(name).is_some() {
            let variables = &mut state.process.variables;
            variables.change(name, |variable| variable.exported = yes);
        } else if yes && name == "SHELLOPTS" {
            let mut variable = Variable::new(Value::known("braceexpand"));
            variable.exported = true;
            state.process.set(name, variable);
        }
    }

    pub(super) fn set(&mut self, state: &mut State, arguments: &[Argument], span: Span) -> Status {
        if arguments.is_empty() {
            let functions = state.process.function_text(None);
            let taint = state.process.all_variables().join(&functions);
            let value = self.unknown(taint);
            state.output(self, 1, &value, span, &Cause::Output("set".into()));
            return Status::Success;
        }
        if let [word] = arguments
            && word
                .text()
                .is_some_and(|text| matches!(&*text, "-o" | "+o"))
        {
            let value = self.unknown(Taint::NONE);
            state.output_read(self, 1, &value, span, &Cause::Output("set".into()));
        }
        let mut at = 0;
        let mut unknown = None;
        while at < arguments.len() {
            let Some(text) = arguments[at].text() else {
                // `set $FLAGS`: sets positional parameters, unless the text begins with a dash.
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
                    'f' => options.set_noglob(on),
                    'C' => options.noclobber = on,
                    'E' => options.errtrace = on,
                    'T' => options.functrace = on,
                    'b' | 'h' | 'k' | 'm' | 'p' | 't' | 'B' | 'H' | 'P' | 'V' | 'I' => {}
                    'o' => {
                        let option = arguments.get(at).and_then(Argument::text);
                        unknown = unknown.or(arguments.get(at).filter(|_| option.is_none()));
                        at += 1;
                        match option.as_deref() {
                            Some("errexit") => options.errexit = on,
                            Some("xtrace") => options.xtrace = on,
                            Some("verbose") => options.verbose = on,
                            Some("allexport") => options.allexport = on,
                            Some("nounset") => options.nounset = on,
                            Some("pipefail") => options.pipefail = on,
                            Some("noglob") => options.set_noglob(on),
                            Some("noclobber") => options.noclobber = on,
                            Some("errtrace") => options.errtrace = on,
                            Some("functrace") => options.functrace = on,
                            _ => {}
                        }
                    }
                    _ => {}
                }
            }
        }
        if let Some(word) = unknown {
            let word = std::slice::from_ref(word);
            self.quote(state, word, span, &Cause::ShellMessage(About::NotAnOption));
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
}

/// Whether it has the form `..=..`, even if the name is unknown.
fn holds_equals(value: &Value) -> bool {
    let known = |piece: &Piece| matches!(&piece.kind, PieceKind::Known(text) if text.contains('='));
    value
        .alternatives()
        .iter()
        .all(|text| text.iter().any(known))
}
