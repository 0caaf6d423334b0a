//! Places in a text, as JavaScript counts them.

use dockerfile_dsl_analysis::{LineIndex, Span};
use serde::Serialize;

/// A part of a text.
#[derive(Debug, Serialize)]
pub(crate) struct Place {
    /// From 1.
    line: usize,
    /// From 1, in characters.
    column: usize,
    /// Offset of the start, in units of UTF-16.
    start: usize,
    /// Offset after the end.
    end: usize,
}

/// A text and its lines.
#[derive(Debug)]
pub(crate) struct Text<'a> {
    text: &'a str,
    lines: LineIndex,
}

impl<'a> Text<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let lines = LineIndex::new(text);
        Self { text, lines }
    }

    pub(crate) const fn lines(&self) -> &LineIndex {
        &self.lines
    }

    pub(crate) fn place(&self, span: Span) -> Place {
        let (line, column) = self.lines.position(self.text, span.start);
        Place {
            line,
            column,
            start: self.units_before(span.start),
            end: self.units_before(span.end),
        }
    }

    fn units_before(&self, offset: usize) -> usize {
        let before = self.text.get(..offset).unwrap_or(self.text);
        before.encode_utf16().count()
    }
}
