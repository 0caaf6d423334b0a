//! Assignments: to a variable, to an array element, to a whole array.

use std::rc::Rc;

use crate::Span;
use crate::domain::state::{Elements, State, Variable};
use crate::domain::value::Value;
use crate::domain::{About, Cause, Step};
use crate::interpreter::Machine;
use crate::interpreter::arithmetic::names_in;
use crate::shell::{Array, Assignment, AssignmentOperator};

impl Machine<'_> {
    /// Performs an assignment and returns the value.
    pub(crate) fn assignment(&mut self, state: &mut State, assignment: &Assignment) -> Value {
        let name = &*assignment.name.text;
        if let Some(array) = assignment.value.as_array() {
            return self.assign_array(state, name, array, assignment.operator);
        }
        let span = assignment.span;
        let mut value = self.value(state, &assignment.value);
        if value.taint().is_some() {
            value = value.step_if(span, &|| Step::Assigned {
                variable: Rc::from(&*name),
            });
        }
        if let Some(subscript) = &assignment.subscript {
            let key = self.value(state, subscript);
            self.subscript(state, name, &key, span);
            self.set_element(
                state,
                name,
                &key,
                &value,
                assignment.operator == AssignmentOperator::Append,
            );
            return value;
        }
        if assignment.operator == AssignmentOperator::Append {
            let old = state
                .process
                .variable(name)
                .map_or_else(Value::empty, |variable| variable.value.clone());
            value = old.concat(&value);
        }
        self.assign(state, name, value.clone());
        self.notice(state, name);
        value
    }

    /// Sets all elements of an array, or appends elements, and returns the join of all elements.
    pub(crate) fn assign_array(
        &mut self,
        state: &mut State,
        name: &str,
        array: &Array,
        operator: AssignmentOperator,
    ) -> Value {
        let mut elements = match (operator, state.process.variable(name)) {
            (
                AssignmentOperator::Append,
                Some(Variable {
                    elements: Some(elements),
                    ..
                }),
            ) => elements.clone(),
            _ => Elements::default(),
        };
        let associative = (state.process.variable(name)).is_some_and(|known| known.associative);
        let mut next = elements.after_last();
        let mut all = Value::empty();
        for element in &array.elements {
            match &element.subscript {
                Some(subscript) => {
                    let key = self.value(state, subscript);
                    let value = self.value(state, &element.value).with(&key.taint());
                    all = all.concat(&value);
                    let key = key.literal().filter(|key| associative || is_number(key));
                    next = key
                        .as_ref()
                        .and_then(|key| key.parse::<usize>().ok()?.checked_add(1));
                    let old = key.as_deref().and_then(|key| elements.get(key));
                    let value = match (element.operator, old) {
                        (AssignmentOperator::Append, Some(old)) => old.concat(&value),
                        _ => value,
                    };
                    elements.put(key.as_deref(), value);
                }
                None => {
                    for field in self.fields(state, std::slice::from_ref(&element.value)) {
                        all = all.concat(&field.value);
                        let key = next.map(|next| next.to_string());
                        elements.put(key.as_deref(), field.value.with(&state.choice));
                        next = next.and_then(|next| next.checked_add(1));
                    }
                }
            }
        }
        let first = elements.get("0").cloned().unwrap_or_else(Value::empty);
        let mut variable = Variable::new(first);
        variable.elements = Some(elements);
        variable.exported = state.process.options.allexport;
        variable.associative = associative;
        state.process.set(name, variable);
        all
    }

    /// Assigns a value to a variable.
    pub(crate) fn assign(&mut self, state: &mut State, name: &str, value: Value) {
        let value = value.with(&state.choice);
        let mut name: Rc<str> = name.into();
        for _ in 0..4 {
            match state
                .process
                .variable(&name)
                .and_then(|variable| variable.refers_to.clone())
            {
                Some(other) => name = other,
                None => break,
            }
        }
        let mut variable = state
            .process
            .variable(&name)
            .cloned()
            .unwrap_or_else(|| Variable::new(Value::empty()));
        // For an array this is element 0.
        if let Some(elements) = &mut variable.elements {
            elements.insert("0".into(), value.clone());
        }
        variable.value = value;
        variable.maybe_unset = false;
        variable.exported |= state.process.options.allexport;
        let given = variable.integer.then(|| variable.value.clone());
        state.process.set(&name, variable);
        if let Some(value) = given {
            self.not_a_number(state, &name, &value);
        }
    }

    /// Reports the error message of `declare -i` for a value that is not an expression.
    pub(super) fn not_a_number(&mut self, state: &mut State, name: &str, value: &Value) {
        let integer = state
            .process
            .variable(name)
            .is_some_and(|variable| variable.integer);
        if !integer {
            return;
        }
        let text = value.literal().unwrap_or_default();
        let taint = names_in(&text).fold(value.taint(), |taint, name| {
            taint.join(&state.process.number_behind(name))
        });
        if let Some(told) = taint.ways().first() {
            let (span, value) = (told.way.span, Value::nameless(taint.clone()));
            state.output(
                self,
                2,
                &value,
                span,
                &Cause::ShellMessage(About::NotANumber),
            );
            let variables = &mut state.process.variables;
            variables.change(name, |variable| {
                variable.value = variable.value.with(&taint)
            });
        }
    }

    /// Sets an array element.
    pub(crate) fn set_element(
        &mut self,
        state: &mut State,
        name: &str,
        key: &Value,
        value: &Value,
        append: bool,
    ) {
        let mut variable = state
            .process
            .variable(name)
            .cloned()
            .unwrap_or_else(|| Variable::new(Value::empty()));
        let mut elements = variable.elements.clone().unwrap_or_default();
        let value = value.with(&key.taint()).with(&state.choice);
        let key = key.literal();
        let is_key = |key: &str| variable.associative || is_number(key);
        match key.filter(|key| is_key(key)) {
            Some(key) => {
                let value = match elements.get(&*key) {
                    Some(old) if append => old.concat(&value),
                    _ => value,
                };
                if key == "0" {
                    variable.value = value.clone();
                }
                elements.insert(key.as_ref().into(), value);
            }
            None => {
                elements.put(None, value.clone());
                variable.value = variable.value.join(&value);
            }
        }
        variable.elements = Some(elements);
        state.process.set(name, variable);
    }

    /// The subscript of an indexed array is an arithmetic expression: the error for an invalid number quotes it.
    fn subscript(&mut self, state: &mut State, name: &str, key: &Value, span: Span) {
        let variable = |name: &str| state.process.variable(name);
        if variable(name).is_some_and(|variable| variable.associative) {
            return;
        }
        let named = key.literal().and_then(|key| Some(variable(&key)?.taint()));
        let taint = key.taint().join(&named.unwrap_or_default());
        let value = Value::nameless(taint);
        state.output(
            self,
            2,
            &value,
            span,
            &Cause::ShellMessage(About::NotANumber),
        );
    }

    /// Handles variables that change the shell itself.
    pub(super) fn notice(&mut self, state: &mut State, name: &str) {
        if name == "SHELLOPTS" {
            state.process.options.xtrace = true;
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}
