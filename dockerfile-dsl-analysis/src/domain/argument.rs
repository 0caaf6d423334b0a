//! Arguments: the words of a command after all expansions.

use super::value::{PieceKind, Taint, Tainted, Value};
use crate::Span;

/// One word of a command after all expansions.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Argument {
    pub(crate) value: Value,
    pub(crate) span: Span,
    /// It may become any number of words: an unquoted expansion of unknown text, which is subject to word splitting.
    pub(crate) splits: bool,
    /// It is a file name from pathname expansion, not a written one.
    pub(crate) matched: bool,
    /// It is inside a loop with many iterations and contains an expansion: the text may differ in each iteration.
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

    /// Returns the rest after a known prefix.
    pub(crate) fn behind(&self, prefix: &str) -> Option<Self> {
        let mut alternatives = Vec::new();
        for text in self.value.alternatives() {
            let mut pieces = text.to_vec();
            let first = pieces.first_mut()?;
            let PieceKind::Known(known) = &first.kind else {
                return None;
            };
            first.kind = PieceKind::Known(known.strip_prefix(prefix)?.into());
            alternatives.push(pieces.into());
        }
        Some(Self {
            value: Value::from_alternatives(alternatives),
            ..self.clone()
        })
    }

    /// Whether it can be any number of words or files.
    pub(crate) fn is_many(&self) -> bool {
        self.splits || self.matched && self.value.literal().is_none()
    }

    /// Returns the text, if it is known.
    pub(crate) fn text(&self) -> Option<String> {
        self.value.literal().map(|text| text.into_owned())
    }
}
