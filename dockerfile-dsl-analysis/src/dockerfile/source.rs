//! Text assembled from pieces of the file, without continuations, comments, quotes and escapes.
//!
//! A [`SourceText`] maps each of its bytes to the file, so that a finding about the text can point into the file.
//! Invariant: pieces are sorted by their offset in the text, the first one starts at 0, and no piece is empty. Most texts are one piece.

use std::{fmt, ops::Deref};

use crate::Span;

/// A text with the position of its bytes in the file. Derefs to the text.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct SourceText {
    text: String,
    /// Where the first piece is in the file; the position of an empty text.
    from: usize,
    /// The other pieces.
    pieces: Vec<SourcePiece>,
    /// End of the text in the file, which is also the position of an empty text.
    end: usize,
}

/// From offset `at` of the text to the next piece, bytes are in the file from `from` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct SourcePiece {
    at: usize,
    from: usize,
}

impl SourceText {
    /// Creates an empty text at `offset`.
    #[must_use]
    pub fn empty_at(offset: usize) -> Self {
        Self {
            text: String::new(),
            from: offset,
            pieces: Vec::new(),
            end: offset,
        }
    }

    /// Creates a text that is verbatim in the file.
    #[must_use]
    pub fn verbatim(text: &str, offset: usize) -> Self {
        let mut source = Self::empty_at(offset);
        source.push_str(text, offset);
        source
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Appends text that is in the file at `offset`.
    pub(crate) fn push_str(&mut self, text: &str, offset: usize) {
        if text.is_empty() {
            return;
        }
        self.push_piece(offset);
        self.text.push_str(text);
        self.end = offset + text.len();
    }

    /// Appends text that replaces `length` bytes of the file at `offset`.
    pub(crate) fn push_decoded(&mut self, text: &str, offset: usize, length: usize) {
        if text.is_empty() {
            return;
        }
        self.begin_piece(offset);
        self.text.push_str(text);
        self.end = offset + length;
    }

    /// Appends a part of another text, with its positions.
    pub(crate) fn push_slice(&mut self, other: &Self, start: usize, end: usize) {
        let mut at = start;
        while at < end {
            let next = other.pieces.get(other.piece_number(at));
            let next = next.map_or(end, |piece| piece.at.min(end));
            self.push_str(&other.text[at..next], other.offset(at));
            at = next;
        }
    }

    /// Returns a part of this text, with its positions.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> Self {
        let from = self.offset(start);
        let is_one_piece = self.pieces.is_empty() && start < end;
        if is_one_piece {
            return Self::verbatim(&self.text[start..end], from);
        }
        let mut part = Self::empty_at(from);
        part.push_slice(self, start, end);
        part
    }

    fn push_piece(&mut self, from: usize) {
        let SourcePiece { at, from: last } = self.piece(self.pieces.len());
        let is_contiguous = !self.text.is_empty() && last + (self.text.len() - at) == from;
        if !is_contiguous {
            self.begin_piece(from);
        }
    }

    fn begin_piece(&mut self, from: usize) {
        let at = self.text.len();
        if at == 0 {
            self.from = from;
        } else {
            self.pieces.push(SourcePiece { at, from });
        }
    }

    /// Returns the piece with a number, from 0.
    fn piece(&self, number: usize) -> SourcePiece {
        let first = SourcePiece {
            at: 0,
            from: self.from,
        };
        number.checked_sub(1).map_or(first, |at| self.pieces[at])
    }

    /// Returns the number of the piece with a byte of the text.
    fn piece_number(&self, offset: usize) -> usize {
        self.pieces.partition_point(|piece| piece.at <= offset)
    }

    /// Returns (offset in the text, offset in the file) of each piece, in order, for [`shell::Place::Pieces`](crate::shell::Place::Pieces).
    #[must_use]
    pub fn pieces(&self) -> Vec<(usize, usize)> {
        let first = (!self.text.is_empty()).then_some((0, self.from));
        let others = self.pieces.iter().map(|piece| (piece.at, piece.from));
        first.into_iter().chain(others).collect()
    }

    /// Returns the offset in the file of the byte at `offset` of the text.
    #[must_use]
    pub fn offset(&self, offset: usize) -> usize {
        if offset >= self.text.len() {
            return self.end;
        }
        let piece = self.piece(self.piece_number(offset));
        piece.from + (offset - piece.at)
    }

    /// Returns the span in the file of a part of the text, from its first byte to its last.
    #[must_use]
    pub fn span(&self, part: Span) -> Span {
        let start = self.offset(part.start);
        if part.end <= part.start {
            return Span::new(start, start);
        }
        let end = if part.end >= self.text.len() {
            self.end
        } else {
            self.offset(part.end - 1) + 1
        };
        Span::new(start, end.max(start))
    }

    /// Returns the part of this text at a span of the file, if the text has its first byte. Both are monotonic, so a binary search
    /// finds it.
    #[must_use]
    pub fn local(&self, span: Span) -> Option<Span> {
        let first = |is_reached: &dyn Fn(usize) -> bool| {
            let (mut low, mut high) = (0, self.len());
            while low < high {
                let middle = low.midpoint(high);
                if is_reached(middle) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            low
        };
        let start = first(&|at| self.offset(at) >= span.start);
        let end = first(&|at| self.offset(at) >= span.end);
        (start < end && self.offset(start) == span.start).then(|| Span::new(start, end))
    }

    /// Returns the span of the whole text in the file.
    #[must_use]
    pub fn whole(&self) -> Span {
        self.span(Span::new(0, self.text.len()))
    }
}

impl Deref for SourceText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl AsRef<str> for SourceText {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for SourceText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for SourceText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.whole();
        write!(f, "{:?}@{}..{}", self.text, place.start, place.end)
    }
}

impl PartialEq<str> for SourceText {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl PartialEq<&str> for SourceText {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}
