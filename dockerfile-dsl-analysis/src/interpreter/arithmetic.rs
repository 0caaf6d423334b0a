//! Arithmetic expansion: the taint of an expression, and its assignments.

use crate::Span;
use crate::domain::Argument;
use crate::domain::state::{Process, State, Variable};
use crate::domain::value::{Taint, Value};
use crate::domain::{About, Cause};
use crate::interpreter::Machine;
use crate::shell::{Arithmetic, Part};

impl Machine<'_> {
    /// Evaluates an arithmetic expression. The result has the taint of the *values* in it. The error for an invalid number quotes the
    /// value.
    pub(crate) fn arithmetic(&mut self, state: &mut State, arithmetic: &Arithmetic) -> Value {
        let mut taint = Taint::NONE;
        let mut text = Some(String::new());
        for part in &arithmetic.parts {
            match part {
                Part::Literal(literal) => {
                    if let Some(text) = &mut text {
                        text.push_str(&literal.text);
                    }
                }
                part => {
                    let value = self.value_of_parts(state, std::slice::from_ref(part), true);
                    taint = taint.join(&value.taint());
                    match (value.literal(), &mut text) {
                        (Some(value), Some(text)) => text.push_str(&value),
                        _ => text = None,
                    }
                }
            }
        }
        let names: Vec<String> = arithmetic.names().map(str::to_owned).collect();
        for name in &names {
            taint = taint.join(&state.process.number_behind(name));
        }
        if taint.is_some() {
            state.output(
                self,
                2,
                &Value::nameless(taint.clone()),
                arithmetic.span,
                &Cause::ShellMessage(About::NotANumber),
            );
        }
        let assigned = arithmetic
            .parts
            .iter()
            .any(|part| part.literal().is_some_and(|text| assigns(&text)));
        if assigned {
            for name in &names {
                let mut variable = state
                    .process
                    .variable(name)
                    .cloned()
                    .unwrap_or_else(|| Variable::new(Value::empty()));
                variable.value =
                    self.unknown_name(variable.value.taint().join(&taint).join(&state.choice));
                state.process.set(name, variable);
            }
        }
        let number = text
            .and_then(|text| text.trim().parse::<i64>().ok())
            .filter(|_| names.is_empty());
        match number {
            Some(number) => Value::tainted(number.to_string(), taint),
            None => self.unknown_name(taint),
        }
    }
}

impl Machine<'_> {
    /// `let EXPRESSION..`: assigns variables; the error for an invalid number quotes the value.
    pub(crate) fn let_words(&mut self, state: &mut State, words: &[Argument], span: Span) {
        for word in words {
            self.expression(state, word, span, &Cause::Message("let".into()));
        }
    }

    /// Evaluates an expression that is an argument.
    fn expression(&mut self, state: &mut State, word: &Argument, span: Span, how: &Cause) {
        let prefix = word
            .text()
            .unwrap_or_else(|| word.value.known_prefix().to_owned());
        let mut taint = word.value.taint();
        for name in names_in(&prefix) {
            taint = taint.join(&state.process.number_behind(name));
        }
        let shown = Value::nameless(taint.clone());
        state.output(self, 2, &shown, span, how);
        if assigns(&prefix) {
            for name in names_in(&prefix) {
                let old = state.process.variable(name).cloned();
                let mut variable = old.unwrap_or_else(|| Variable::new(Value::empty()));
                let told = variable.value.taint().join(&taint).join(&state.choice);
                variable.value = self.unknown_name(told);
                state.process.set(name, variable);
            }
        }
    }
}

impl Process {
    /// Returns the taint of a name in an expression: the value of a variable may be an expression with further names.
    pub(crate) fn number_behind(&self, name: &str) -> Taint {
        self.numbers_behind(name, 4)
    }

    fn numbers_behind(&self, name: &str, depth: u32) -> Taint {
        let Some(variable) = self.variable(name) else {
            return Taint::NONE;
        };
        let mut taint = variable.taint();
        if let Some(text) = variable.value.literal().filter(|_| depth > 0) {
            for name in names_in(&text) {
                taint = taint.join(&self.numbers_behind(name, depth - 1));
            }
        }
        taint
    }
}

/// Returns the names in the text of an expression.
pub(crate) fn names_in(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
}

fn assigns(text: &str) -> bool {
    let bytes = text.as_bytes();
    text.contains("++")
        || text.contains("--")
        || bytes.iter().enumerate().any(|(at, byte)| {
            *byte == b'='
                && bytes.get(at + 1) != Some(&b'=')
                && (at == 0 || !matches!(bytes[at - 1], b'=' | b'!' | b'<' | b'>'))
        })
}
