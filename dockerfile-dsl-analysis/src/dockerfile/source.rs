//! Text that was put together from pieces of the file: continuations and comments removed, quotes and escapes taken away.
//!
//! A [`SourceText`] knows for each of its bytes where it stands in the file, so that a finding about the text can point at the file.
//! Invariant: pieces are sorted by their offset in the text, the first one starts at 0, and no piece is empty.

use std::{fmt, ops::Deref};

use crate::Span;

/// A text and the places in the file that its bytes come from. Derefs to the text.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct SourceText {
    text: String,
    pieces: Vec<Piece>,
    /// Where the text ends in the file: what an empty text points at.
    end: usize,
}

/// From offset `at` of the text on (until the next piece), bytes stand in the file from `from` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    at: usize,
    from: usize,
}

impl SourceText {
    /// A text without a byte that stands at `offset`.
    #[must_use]
    pub fn empty_at(offset: usize) -> Self {
        Self {
            text: String::new(),
            pieces: Vec::new(),
            end: offset,
        }
    }

    /// A piece of the file as it stands there.
    #[must_use]
    pub fn verbatim(text: &str, offset: usize) -> Self {
        let mut source = Self::empty_at(offset);
        source.push_str(text, offset);
        source
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Appends text that stands at `offset` in the file.
    pub(crate) fn push_str(&mut self, text: &str, offset: usize) {
        if text.is_empty() {
            return;
        }
        self.push_piece(offset);
        self.text.push_str(text);
        self.end = offset + text.len();
    }

    /// Appends text that is not in the file as such, for `length` bytes that stand at `offset`.
    pub(crate) fn push_decoded(&mut self, text: &str, offset: usize, length: usize) {
        if text.is_empty() {
            return;
        }
        self.pieces.push(Piece {
            at: self.text.len(),
            from: offset,
        });
        self.text.push_str(text);
        self.end = offset + length;
    }

    /// Appends a part of another text, with its places.
    pub(crate) fn push_slice(&mut self, other: &Self, start: usize, end: usize) {
        let mut at = start;
        while at < end {
            let index = other.piece_index(at);
            let next = other
                .pieces
                .get(index + 1)
                .map_or(end, |piece| piece.at.min(end));
            self.push_str(&other.text[at..next], other.offset(at));
            at = next;
        }
    }

    /// A part of this text, with its places.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> Self {
        let mut part = Self::empty_at(self.offset(start));
        part.push_slice(self, start, end);
        part
    }

    fn push_piece(&mut self, from: usize) {
        let contiguous = self
            .pieces
            .last()
            .is_some_and(|last| last.from + (self.text.len() - last.at) == from);
        if !contiguous {
            self.pieces.push(Piece {
                at: self.text.len(),
                from,
            });
        }
    }

    fn piece_index(&self, offset: usize) -> usize {
        self.pieces
            .partition_point(|piece| piece.at <= offset)
            .saturating_sub(1)
    }

    /// (offset in the text, offset in the file) of each piece, in order: what [`shell::Place::Pieces`](crate::shell::Place::Pieces) takes.
    #[must_use]
    pub fn pieces(&self) -> Vec<(usize, usize)> {
        self.pieces
            .iter()
            .map(|piece| (piece.at, piece.from))
            .collect()
    }

    /// Where the byte at `offset` of the text stands in the file.
    #[must_use]
    pub fn offset(&self, offset: usize) -> usize {
        if offset >= self.text.len() {
            return self.end;
        }
        match self.pieces.get(self.piece_index(offset)) {
            Some(piece) => piece.from + (offset - piece.at),
            None => self.end,
        }
    }

    /// Where a part of the text stands in the file: from its first byte to its last.
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

    /// Where the whole text stands in the file.
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
