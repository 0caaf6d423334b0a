//! A variable of a shell process.

use std::ops::Deref;
use std::rc::Rc;

use crate::domain::map::{Marked, PersistentMap};
use crate::domain::value::{JoinValues, Taint, Value};

/// A variable.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Variable {
    /// The scalar value, or that of element 0.
    pub(crate) value: Value,
    /// The elements of an array.
    pub(crate) elements: Option<Elements>,
    pub(crate) exported: bool,
    /// The variable that it refers to (`declare -n`).
    pub(crate) refers_to: Option<Rc<str>>,
    /// Whether it may be unset.
    pub(crate) maybe_unset: bool,
    /// `declare -i`: an assignment evaluates its value as an arithmetic expression.
    pub(crate) integer: bool,
    /// `declare -A`: keys are texts; otherwise they are arithmetic expressions.
    pub(crate) associative: bool,
    /// `readonly`: it cannot be unset.
    pub(crate) readonly: bool,
}

/// The elements of an array, ordered by the text of their keys.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Elements {
    by_key: PersistentMap<Rc<str>, Value>,
    /// Index after the last element; `None` if a key is not a number.
    after_last: Option<usize>,
}

/// Key of the elements of unknown keys.
const UNKNOWN_KEY: &str = "?";

impl Default for Elements {
    fn default() -> Self {
        Self {
            by_key: PersistentMap::default(),
            after_last: Some(0),
        }
    }
}

impl Deref for Elements {
    type Target = PersistentMap<Rc<str>, Value>;

    fn deref(&self) -> &Self::Target {
        &self.by_key
    }
}

impl Elements {
    /// Creates the elements of an array whose keys are unknown: one represents them all.
    pub(crate) fn of_unknown_keys(value: Value) -> Self {
        let mut elements = Self::default();
        elements.insert(UNKNOWN_KEY.into(), value);
        elements
    }

    /// Returns the index of an element that is appended. If one index is unknown, so is that of the next element.
    pub(crate) fn after_last(&self) -> Option<usize> {
        self.after_last
    }

    pub(crate) fn insert(&mut self, key: Rc<str>, value: Value) {
        let after = |last: usize| Some(last.max(key.parse::<usize>().ok()?.checked_add(1)?));
        self.after_last = self.after_last.and_then(after);
        self.by_key.insert(key, value);
    }

    /// Sets an element. Without a key it may be any element (weak update).
    pub(crate) fn put(&mut self, key: Option<&str>, value: Value) {
        let Some(key) = key else {
            self.change_all(|_, old| Some(old.join(&value)));
            let unknown = self.get(UNKNOWN_KEY).cloned().unwrap_or(value);
            return self.insert(UNKNOWN_KEY.into(), unknown);
        };
        self.insert(key.into(), value);
    }

    /// Changes the values for which the function returns another one.
    pub(super) fn change_all(&mut self, change: impl FnMut(&Rc<str>, &Value) -> Option<Value>) {
        self.by_key.change_all(change);
    }

    /// Joins the elements of two arrays.
    pub(super) fn join(&self, other: &Self) -> Self {
        let both = self.after_last.zip(other.after_last);
        Self {
            by_key: self.by_key.join(&other.by_key, 0, &mut JoinValues),
            after_last: both.map(|(mine, theirs)| mine.max(theirs)),
        }
    }
}

impl Variable {
    pub(crate) fn new(value: Value) -> Self {
        Self {
            value,
            elements: None,
            exported: false,
            refers_to: None,
            maybe_unset: false,
            integer: false,
            associative: false,
            readonly: false,
        }
    }

    /// Returns the join of all its taints.
    pub(crate) fn taint(&self) -> Taint {
        let mut taint = self.value.taint();
        if let Some(elements) = &self.elements {
            for (_, value) in elements.iter_marked(Value::TAINT) {
                taint = taint.join(&value.taint());
            }
        }
        taint
    }
}

impl Variable {
    /// Mark of a variable with a taint.
    pub(crate) const TAINT: u8 = 1;
    /// Mark of an exported variable with a taint.
    pub(crate) const EXPORTED_TAINT: u8 = 2;
    /// Mark of an exported variable that may be the full path of a file.
    pub(super) const EXPORTED_PATH: u8 = 4;
}

impl Marked for Variable {
    fn marks(&self) -> u8 {
        let (value, elements) = (&self.value, self.elements.as_ref());
        let mut marks = 0;
        if value.is_tainted()
            || elements.is_some_and(|all| all.iter_marked(Value::TAINT).next().is_some())
        {
            marks |= Self::TAINT;
            if self.exported {
                marks |= Self::EXPORTED_TAINT;
            }
        }
        let is_path = || {
            value.literal().is_some_and(|text| text.starts_with('/'))
                || value.holes().next().is_some()
        };
        if self.exported && is_path() {
            marks |= Self::EXPORTED_PATH;
        }
        marks
    }
}
