//! `${x:-y}`, `${x:=y}`, `${x:+y}`, `${x:?y}`: parameter expansion with a default for an unset or empty parameter.

use crate::domain::Cause;
use crate::domain::state::{State, Variable};
use crate::domain::value::{Share, Taint, Value};
use crate::interpreter::Machine;
use crate::interpreter::parameter::Lookup;
use crate::shell::{Fallback, FallbackTest, Parameter, ParameterName, Word};

impl Machine<'_> {
    #[expect(
        clippy::too_many_arguments,
        reason = "they are the parts of one piece of syntax"
    )]
    pub(super) fn fallback(
        &mut self,
        state: &mut State,
        parameter: &Parameter,
        found: Lookup,
        kind: Fallback,
        test: FallbackTest,
        word: &Word,
        quoted: bool,
    ) -> Value {
        let empty_counts = test == FallbackTest::UnsetOrEmpty;
        let may_be_missing = found.maybe_unset || (empty_counts && found.value.may_be_empty());
        let may_be_there = !(found.unset || empty_counts && found.value.is_empty_text());
        let there = found.value.clone();
        // Whether the parameter was empty is a one-bit observation.
        let answer = match found.value.taint() {
            taint
                if empty_counts
                    && taint.share() == Share::Probe
                    && state.process.is_often_repeated() =>
            {
                taint
            }
            _ => Taint::NONE,
        };
        match kind {
            Fallback::Alternative => {
                let other = self.value_of_parts(state, &word.parts, quoted);
                if !may_be_missing {
                    other
                } else if may_be_there || found.unset {
                    other.join(&Value::empty()).with(&answer)
                } else {
                    Value::empty()
                }
            }
            Fallback::Default | Fallback::Assign => {
                if !may_be_missing {
                    return there;
                }
                let other = self
                    .value_of_parts(state, &word.parts, quoted)
                    .with(&answer);
                let value = if may_be_there || found.value.taint().is_some() {
                    there.join(&other)
                } else {
                    other
                };
                if kind == Fallback::Assign
                    && let ParameterName::Variable(name) = &parameter.name
                {
                    let mut variable = state
                        .process
                        .variable(name)
                        .cloned()
                        .unwrap_or_else(|| Variable::new(Value::empty()));
                    variable.value = value.clone();
                    variable.maybe_unset = false;
                    state.process.set(name, variable);
                }
                value
            }
            Fallback::Error => {
                if may_be_missing {
                    let message = self.value_of_parts(state, &word.parts, true);
                    state.output(self, 2, &message, word.span, &Cause::ParameterMessage);
                }
                there
            }
        }
    }
}
