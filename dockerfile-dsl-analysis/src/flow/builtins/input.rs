//! `read`, `mapfile` and `getopts`: what a variable gets from a descriptor or from the arguments.

use std::rc::Rc;

use super::super::Machine;
use super::super::call::Argument;
use super::super::state::{Descriptor, State, Status, Variable};
use super::super::value::{Taint, Value};
use super::super::ways::Flow;
use crate::Span;
use crate::shell::is_name;

impl Machine<'_> {
    pub(super) fn read(&mut self, state: &mut State, arguments: &[Argument], span: Span) -> Status {
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
                _ => {
                    let word = std::slice::from_ref(&arguments[at - 1]);
                    self.quote(state, word, span, "message about what is no name");
                    names.push(text);
                }
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
        if let Some(Descriptor::Input(_)) = state.process.descriptors.get(&number) {
            let rest = self.unknown(span, input.taint());
            state.process.open(number, Descriptor::Input(rest));
        }
        Status::Either
    }

    /// `mapfile`, `readarray`; for each line the command of `-C` is run.
    pub(super) fn map_file(
        &mut self,
        mut state: State,
        arguments: &[Argument],
        span: Span,
    ) -> Vec<Flow> {
        let words: Vec<String> = arguments.iter().filter_map(Argument::text).collect();
        let behind = |option: &str| {
            let at = words.iter().position(|word| word == option)?;
            words.get(at + 1)
        };
        let number = behind("-u").and_then(|word| word.parse().ok()).unwrap_or(0);
        let name = words
            .last()
            .filter(|name| is_name(name) && behind("-C") != Some(name))
            .cloned()
            .unwrap_or_else(|| "MAPFILE".to_owned());
        let input = state.input(number);
        let taint = input.taint().step(span, format!("kept in `${name}`"));
        let value = self.unknown(span, taint);
        let mut variable = Variable::new(value.clone());
        variable.elements = Some(Rc::new([("?".into(), value.clone())].into_iter().collect()));
        state.process.set(&name, variable);
        match behind("-C") {
            Some(callback) => {
                let text = Value::known(format!("{callback} 0 \""));
                let text = text.concat(&value).concat(&Value::known("\""));
                self.evaluate(state, &text, span)
            }
            None => vec![Flow::new(state, Status::Success)],
        }
    }

    pub(super) fn getopts(
        &mut self,
        state: &mut State,
        arguments: &[Argument],
        span: Span,
    ) -> Status {
        let values: Vec<Value> = match arguments.get(2..) {
            Some(rest) if !rest.is_empty() => rest.iter().map(|word| word.value.clone()).collect(),
            _ => state.process.positional.to_vec(),
        };
        let taint = values
            .iter()
            .fold(Taint::NONE, |taint, value| taint.join(&value.taint()));
        let argument = self.unknown(span, taint.step(span, "kept in `$OPTARG`"));
        self.assign(state, "OPTARG", argument);
        let name = arguments.get(1..2).unwrap_or_default();
        self.quote(state, name, span, "message about what is no name");
        let options = arguments.first().and_then(Argument::text);
        let is_quiet = options
            .as_ref()
            .is_some_and(|options| options.starts_with(':'));
        for value in values.iter().filter(|_| !is_quiet) {
            // Letter by letter an option that nobody declared is quoted; behind one that takes a value stands that.
            let letters = value.known_prefix().strip_prefix('-');
            let takes_value = letters
                .zip(options.as_ref())
                .is_some_and(|(letters, options)| {
                    letters.starts_with('-')
                        || letters
                            .chars()
                            .any(|letter| options.contains(&format!("{letter}:")))
                });
            if letters.is_some() && !takes_value && value.taint().is_some() {
                let how = "message of `getopts` about an unknown option";
                state.output(self, 2, value, span, how);
            }
        }
        if let Some(name) = arguments.get(1).and_then(Argument::text) {
            let option = self.unknown(span, Taint::NONE);
            self.assign(state, &name, option);
        }
        Status::Either
    }
}
