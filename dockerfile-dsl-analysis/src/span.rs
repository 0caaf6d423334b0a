//! Positions in a text: [`Span`], a half-open range of byte offsets, and [`LineIndex`], the only conversion from offsets to lines.

use std::ops::Range;

/// A half-open range of byte offsets into the parsed text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
}

impl Span {
    /// Creates the range from `start` up to, not including, `end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Returns the part of `text` in this range.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// Returns the smallest span that contains both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// Returns the same span in a text with `offset` more bytes before it.
    #[must_use]
    pub const fn shifted(self, offset: usize) -> Self {
        Self::new(self.start + offset, self.end + offset)
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// The start of each line in a text. Built once for a text, it finds the line of an offset by binary search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineIndex {
    /// Offset of the first byte of each line; the first is 0.
    starts: Vec<usize>,
}

impl LineIndex {
    /// Builds the index.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let after_newline = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            starts: std::iter::once(0).chain(after_newline).collect(),
        }
    }

    /// Returns the line of the byte at `offset`, from 1. An offset after the end is in the last line.
    #[must_use]
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    /// Returns the offset of the first byte of a line, counted from 1.
    #[must_use]
    pub fn start(&self, line: usize) -> Option<usize> {
        self.starts.get(line.checked_sub(1)?).copied()
    }

    /// Returns line and column of an offset in the text that the index was built from, both from 1, columns in characters. An offset inside
    /// a character counts as its start.
    #[must_use]
    pub fn position(&self, text: &str, offset: usize) -> (usize, usize) {
        let offset = floor_char_boundary(text, offset);
        let line = self.line(offset);
        let start = self.starts[line - 1];
        (line, text[start..offset].chars().count() + 1)
    }
}

/// Returns the nearest character boundary at or before an offset.
pub(crate) fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let offset = offset.min(text.len());
    (0..=offset)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::LineIndex;

    #[test]
    fn lines_and_columns_count_from_one() {
        let text = "a\nüb\n\nc";
        let lines = LineIndex::new(text);
        let positions: Vec<_> = (0..=text.len())
            .map(|at| lines.position(text, at))
            .collect();
        assert_eq!(
            positions,
            [
                (1, 1),
                (1, 2),
                (2, 1),
                (2, 1),
                (2, 2),
                (2, 3),
                (3, 1),
                (4, 1),
                (4, 2)
            ]
        );
        assert_eq!(lines.position(text, 99), (4, 2));
        assert_eq!(lines.start(2), Some(2));
        assert_eq!(lines.start(0), None);
        assert_eq!(lines.start(5), None);
    }

    #[test]
    fn empty_text_has_one_line() {
        assert_eq!(LineIndex::new("").position("", 0), (1, 1));
    }
}
