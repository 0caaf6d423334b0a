//! Widening of abstract states: the state that a loop or a function is executed in reaches its fixpoint after a few rounds.

use std::rc::Rc;

use crate::domain::state::{Elements, State, Variable};
use crate::domain::value::{Taint, Value};

impl State {
    /// Returns the join with a later state of the same point. `is_late`: values that still change become unknown.
    #[must_use]
    pub(crate) fn widen(&self, later: &Self, is_late: bool) -> Self {
        let mut all = self.join(later);
        if !is_late {
            return all;
        }
        let mut changed = Vec::new();
        let (variables, old) = (&mut all.process.variables, &self.process.variables);
        variables.all_differences(old, 0, &mut |name, now, before| {
            if let (Some(now), Some(before)) = (now, before) {
                let mut variable = now.clone();
                if before.value != variable.value {
                    variable.value = unknown(&variable.value);
                }
                widen_elements(&mut variable, before);
                changed.push((name.clone(), variable));
            }
            true
        });
        for (name, variable) in changed {
            variables.insert(name, variable);
        }
        widen_positional(&mut all.process.positional, &self.process.positional);
        if self.process.cwd != all.process.cwd {
            all.process.cwd = unknown(&all.process.cwd);
        }
        if self.process.traps != all.process.traps {
            for (name, trap) in Rc::make_mut(&mut all.process.traps) {
                let before = self.process.traps.get(name);
                if before.is_some_and(|before| before.action != trap.action) {
                    trap.action = unknown(&trap.action);
                }
            }
        }
        all.files.widen(&self.files);
        all
    }

    /// Whether a join with a later state of the same point changed nothing that a command can observe.
    pub(crate) fn is_fixpoint(&self, joined: &Self) -> bool {
        self.choice == joined.choice
            && self.process.rounds == joined.process.rounds
            && self.same(joined)
    }
}

fn widen_elements(variable: &mut Variable, before: &Variable) {
    let (Some(elements), Some(before)) = (&mut variable.elements, &before.elements) else {
        return;
    };
    if elements.keys().ne(before.keys()) {
        // The array grows in each round: its elements become those of unknown keys.
        let taint = elements.values().map(Value::taint).collect();
        *elements = Elements::of_unknown_keys(Value::nameless(taint));
        return;
    }
    elements.change_all(|key, value| (before.get(key) != Some(value)).then(|| unknown(value)));
}

/// Positional parameters that become more in each round are joined from this number on.
const MAX_POSITIONAL: usize = 10;

fn widen_positional(all: &mut Rc<Vec<Value>>, before: &[Value]) {
    if all.as_slice() == before {
        return;
    }
    let all = Rc::make_mut(all);
    let most = before.len().max(MAX_POSITIONAL);
    let rest: Taint = all.iter().skip(most).map(Value::taint).collect();
    all.truncate(most);
    for (index, value) in all.iter_mut().enumerate() {
        if rest.is_some() || before.get(index) != Some(value) {
            *value = Value::nameless(value.taint().join(&rest));
        }
    }
}

fn unknown(value: &Value) -> Value {
    value.summary()
}
