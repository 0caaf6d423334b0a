//! The traps of a shell process: texts that run later, by the condition that triggers them.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::value::Value;
use crate::Span;

/// The traps by their condition.
pub(crate) type Traps = Rc<BTreeMap<Rc<str>, Trap>>;

/// A text that runs later.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Trap {
    pub(crate) action: Value,
    pub(crate) span: Span,
    /// Whether it is set on every path to this point.
    pub(crate) certain: bool,
}

impl Trap {
    fn uncertain(&self) -> Self {
        Self {
            certain: false,
            ..self.clone()
        }
    }
}

/// Joins the traps of two paths: a trap that only one of them has set may run or not.
pub(crate) fn joined_traps(a: &Traps, b: &Traps) -> Traps {
    if a == b {
        return a.clone();
    }
    let mut all: BTreeMap<Rc<str>, Trap> = BTreeMap::new();
    for (name, mine) in a.iter() {
        let trap = match b.get(name) {
            Some(theirs) => Trap {
                action: mine.action.join(&theirs.action),
                certain: mine.certain && theirs.certain,
                span: mine.span,
            },
            None => mine.uncertain(),
        };
        all.insert(name.clone(), trap);
    }
    for (name, theirs) in b.iter() {
        if !all.contains_key(name) {
            all.insert(name.clone(), theirs.uncertain());
        }
    }
    Rc::new(all)
}
