//! A variable of a shell process.

use std::rc::Rc;

use crate::domain::map::{Marked, PersistentMap};
use crate::domain::value::{Taint, Value};

/// A variable.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Variable {
    /// The scalar value, or that of element 0.
    pub(crate) value: Value,
    /// The elements of an array, ordered by the text of their keys.
    pub(crate) elements: Option<PersistentMap<Rc<str>, Value>>,
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
