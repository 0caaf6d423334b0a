//! One word of a command after all expansions.

use super::value::{Kind, Taint, Tainted, Value};
use crate::Span;

/// One word of a command, expanded.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Argument {
    pub(crate) value: Value,
    pub(crate) span: Span,
    /// It stands for any number of words: unquoted, of unknown text.
    pub(crate) splits: bool,
    /// It is a file's name that a pattern (`*`) matched, not one that was written.
    pub(crate) matched: bool,
    /// It stands in a loop that runs often, and something was expanded in it: another text each time.
    pub(crate) varies: bool,
}

impl Tainted for Argument {
    fn taint(&self) -> Taint {
        self.value.taint()
    }
}

impl Argument {
    pub(crate) fn new(value: Value, span: Span) -> Self {
        Self {
            value,
            span,
            splits: false,
            matched: false,
            varies: false,
        }
    }

    /// A part of it: what stands behind a prefix that is known.
    pub(crate) fn behind(&self, prefix: &str) -> Option<Self> {
        let mut alternatives = Vec::new();
        for text in self.value.alternatives() {
            let mut pieces = text.to_vec();
            let first = pieces.first_mut()?;
            let Kind::Known(known) = &first.kind else {
                return None;
            };
            first.kind = Kind::Known(known.strip_prefix(prefix)?.into());
            alternatives.push(pieces.into());
        }
        Some(Self {
            value: Value::from_alternatives(alternatives),
            ..self.clone()
        })
    }

    /// Whether it is any number of words, or of files.
    pub(crate) fn stands_for_many(&self) -> bool {
        self.splits || self.matched && self.value.literal().is_none()
    }

    /// The text, if it is known.
    pub(crate) fn text(&self) -> Option<String> {
        self.value.literal().map(|text| text.into_owned())
    }
}
