//! The state on a path where a mounted secret is missing.
//!
//! In: a state, and the taint of the missing secrets. Out: the state without that taint. A build provides a secret in all steps or in none,
//! so on this path no file and no variable has its value.

use super::{State, Variable};
use crate::domain::files::Node;
use crate::domain::value::{Taint, Value};

impl State {
    /// Removes the taint of missing secrets from files and variables.
    pub(crate) fn without_secrets(&mut self, missing: &Taint) {
        let is_held = |value: &Value| value.taint().has_any_of(missing);
        let without = |value: &Value| value.map_taint(&|taint| taint.without_all_of(missing));
        let entries = self.files.entries();
        let contents: Vec<_> = entries
            .filter_map(|(_, entry)| match entry.node {
                Node::File(number) => Some(number),
                _ => None,
            })
            .filter_map(|number| {
                let value = self.files.content(number)?;
                is_held(value).then(|| (number, without(value)))
            })
            .collect();
        for (number, value) in contents {
            self.files.set_content(number, value);
        }
        self.process.variables.change_all(|_, variable| {
            is_held(&variable.value).then(|| Variable {
                value: without(&variable.value),
                ..variable.clone()
            })
        });
    }
}
