//! Arithmetic: a number about the secrets whose values are in an expression, and what it assigns.

use super::Machine;
use super::state::{State, Variable};
use super::value::{Taint, Value};
use crate::shell::{Arithmetic, Part};

impl Machine<'_> {
    /// An arithmetic expression: a number about the secrets whose *values* are in it. A value that is no number is quoted in the error.
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
            if let Some(variable) = state.process.variable(name) {
                taint = taint.join(&variable.taint());
            }
        }
        if taint.is_some() {
            state.output(
                self,
                2,
                &Value::unknown(1, taint.clone()),
                arithmetic.span,
                "message about what is no number",
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
                variable.value = self.unknown(
                    arithmetic.span,
                    variable.value.taint().join(&taint).join(&state.choice),
                );
                state.process.set(name, variable);
            }
        }
        let number = text
            .and_then(|text| text.trim().parse::<i64>().ok())
            .filter(|_| names.is_empty());
        match number {
            Some(number) => Value::tainted(number.to_string(), taint),
            None => self.unknown(arithmetic.span, taint),
        }
    }
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
