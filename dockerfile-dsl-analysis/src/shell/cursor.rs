//! The parser's position in the text, with lookahead, spans, holes, errors and the nesting limit. All offsets inside the parser are into
//! its own text; [`Cursor::span`] maps them to the original text.

use super::{Dialect, Hole, Options, Place, SyntaxError};
use crate::Span;
use std::collections::BTreeMap;

pub(super) type Result<T> = std::result::Result<T, Box<SyntaxError>>;

/// Max. nesting: far more than in real scripts, and far less than the stack of a small thread allows.
const MAX_DEPTH: usize = 100;
/// Max. length of a script in bytes. An exec call could not pass a longer one.
const MAX_SIZE: usize = 16 << 20;

/// A byte that ends a word.
pub(super) const META: u8 = 1;
/// A byte with a special meaning outside quotes.
pub(super) const QUOTING: u8 = 1 << 1;
/// A byte with a special meaning inside double quotes.
pub(super) const DOUBLE: u8 = 1 << 2;
/// A blank or tab.
pub(super) const BLANK: u8 = 1 << 3;
/// A letter, digit or underscore.
pub(super) const NAME: u8 = 1 << 4;
/// A byte with a special meaning somewhere inside `${..}`, an arithmetic expression, a subscript or a pattern.
pub(super) const OPERAND: u8 = 1 << 5;

/// The classes of a byte.
pub(super) const CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut at = 0;
    while at < 256 {
        class[at] = match at as u8 {
            b' ' | b'\t' => META | BLANK,
            b'\n' | b';' | b'&' | b'|' | b'(' | b')' => META,
            b'<' | b'>' => META,
            b'\\' | b'"' | b'$' | b'`' => QUOTING | DOUBLE,
            b'\'' => QUOTING,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => NAME,
            _ => 0,
        } | match at as u8 {
            b'\\' | b'"' | b'$' | b'`' | b'\'' | b'}' | b'/' | b':' | b'?' | b';' | b'(' | b')'
            | b'[' | b']' | b'|' | b'<' | b'>' => OPERAND,
            _ => 0,
        };
        at += 1;
    }
    class
};

/// The position of a here-document's body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body {
    /// The lines before the delimiter.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Offset after the delimiter's line.
    pub(super) next: usize,
    pub(super) terminated: bool,
}

/// A here-document whose operator was parsed and whose body follows later.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    /// Offset of its operator.
    pub(super) at: usize,
    pub(super) delimiter: Box<str>,
    pub(super) quoted: bool,
    pub(super) strip_tabs: bool,
}

/// The parser's position; see the module.
#[derive(Debug)]
pub(super) struct Cursor<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    pub(super) dialect: Dialect,
    pub(super) place: Place<'t>,
    /// The holes as they were given; none in the text of backquotes.
    given: &'t [Hole<'t>],
    /// Spans in the text, each with the index of its hole.
    pub(super) holes: Vec<(Span, usize)>,
    /// Index of the first hole that ends after `at`.
    next_hole: usize,
    /// Start of that hole, or the end of the text.
    limit: usize,
    pub(super) depth: usize,
    /// Nesting depth of backquotes around this text.
    pub(super) backquotes: usize,
    /// Whether a `shopt -s extglob` was parsed.
    pub(super) extended_globs: bool,
    pub(super) pending: Vec<Pending>,
    /// Number of pending here-documents outside of the current substitution.
    pub(super) held: usize,
    /// Bodies by the offset of their operator: found in the first pass over the text, used in the second.
    pub(super) bodies: BTreeMap<usize, Body>,
    /// For each scanned `((`, whether `))` closes it.
    pub(super) closed_by_two: BTreeMap<usize, bool>,
    /// Remaining budget for lookahead in bytes.
    pub(super) lookahead: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str, options: &Options<'t>) -> Result<Self> {
        let holes = options
            .holes
            .iter()
            .enumerate()
            .map(|(index, hole)| (hole.span, index))
            .collect();
        let cursor = Self::with(text, options.dialect, options.place, holes, 0)?;
        Ok(Self {
            given: options.holes,
            ..cursor
        })
    }

    pub(super) fn with(
        text: &'t str,
        dialect: Dialect,
        place: Place<'t>,
        holes: Vec<(Span, usize)>,
        depth: usize,
    ) -> Result<Self> {
        let mut cursor = Self {
            text,
            at: 0,
            dialect,
            place,
            holes,
            next_hole: 0,
            limit: 0,
            depth,
            backquotes: 0,
            extended_globs: false,
            given: &[],
            pending: Vec::new(),
            held: 0,
            bodies: BTreeMap::new(),
            closed_by_two: BTreeMap::new(),
            lookahead: 16 * text.len() + 4096,
        };
        cursor.seek(0);
        cursor.check()?;
        Ok(cursor)
    }

    fn check(&self) -> Result<()> {
        if self.text.len() > MAX_SIZE {
            return Err(self.error(0, 0, "this script is longer than 16 MiB"));
        }
        if let Some(at) = self.text.find('\0') {
            return Err(self.error(at, at + 1, "a shell script cannot hold a NUL character"));
        }
        let mut end = 0;
        for (span, _) in &self.holes {
            if span.start < end
                || span.start >= span.end
                || self.text.get(span.start..span.end).is_none()
            {
                return Err(self.error(
                    span.start,
                    span.end,
                    "the holes must be given in order, each a piece of the text",
                ));
            }
            end = span.end;
        }
        Ok(())
    }

    /// Moves to another position, forwards or backwards.
    pub(super) fn seek(&mut self, at: usize) {
        self.at = at;
        self.next_hole = self.holes.partition_point(|(span, _)| span.end <= at);
        self.limit = self
            .holes
            .get(self.next_hole)
            .map_or(self.text.len(), |(span, _)| span.start.min(self.text.len()));
    }

    fn bytes(&self) -> &'t [u8] {
        self.text.as_bytes()
    }

    /// Returns the byte here; 0 at the end and at a hole (the text contains no NUL).
    pub(super) fn peek(&self) -> u8 {
        if self.at < self.limit {
            self.bytes()[self.at]
        } else {
            0
        }
    }

    /// Returns the byte `ahead` of here; 0 if the end or a hole is before it.
    pub(super) fn peek_at(&self, ahead: usize) -> u8 {
        let at = self.at + ahead;
        if at < self.limit { self.bytes()[at] } else { 0 }
    }

    pub(super) fn is(&self, class: u8) -> bool {
        CLASS[self.peek() as usize] & class != 0
    }

    /// Whether the whole text was consumed.
    pub(super) fn at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    /// Returns the hole that starts here.
    pub(super) fn hole(&self) -> Option<(Span, usize)> {
        self.holes
            .get(self.next_hole)
            .copied()
            .filter(|(span, _)| span.start == self.at && !self.at_end())
    }

    /// Skips a comment and returns the hole that it must not contain.
    pub(super) fn skip_comment(&mut self) -> Option<Span> {
        loop {
            let rest = self.rest();
            self.at += rest.find('\n').unwrap_or(rest.len());
            let (hole, index) = self.hole()?;
            if !self
                .given
                .get(index)
                .is_some_and(|hole| hole.skips_comments)
            {
                return Some(hole);
            }
            self.seek(hole.end);
        }
    }

    /// Returns the text up to the next hole.
    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..self.limit.max(self.at)]
    }

    pub(super) fn starts_with(&self, prefix: &str) -> bool {
        self.bytes()[self.at..self.limit.max(self.at)].starts_with(prefix.as_bytes())
    }

    /// Consumes `prefix` if it is here.
    pub(super) fn eat(&mut self, prefix: &str) -> bool {
        let found = self.starts_with(prefix);
        if found {
            self.at += prefix.len();
        }
        found
    }

    /// Consumes bytes that are not of `class`, and returns their text.
    pub(super) fn take_until(&mut self, class: u8) -> &'t str {
        let start = self.at;
        let bytes = &self.bytes()[start..self.limit.max(start)];
        let length = bytes
            .iter()
            .position(|&b| CLASS[b as usize] & class != 0)
            .unwrap_or(bytes.len());
        self.at += length;
        &self.text[start..self.at]
    }

    /// Consumes bytes of `class`, and returns their text.
    pub(super) fn take_while(&mut self, class: u8) -> &'t str {
        let start = self.at;
        let bytes = &self.bytes()[start..self.limit.max(start)];
        let length = bytes
            .iter()
            .position(|&b| CLASS[b as usize] & class == 0)
            .unwrap_or(bytes.len());
        self.at += length;
        &self.text[start..self.at]
    }

    /// Consumes one character, and returns its text.
    pub(super) fn take_char(&mut self) -> &'t str {
        let rest = self.rest();
        let length = rest.chars().next().map_or(0, char::len_utf8);
        self.at += length;
        &rest[..length]
    }

    /// Returns the span from `start` to here in the original text.
    pub(super) fn span(&self, start: usize) -> Span {
        self.place.map(start, self.at)
    }

    pub(super) fn error(
        &self,
        start: usize,
        end: usize,
        message: impl Into<String>,
    ) -> Box<SyntaxError> {
        Box::new(SyntaxError {
            span: self.place.map(start, end),
            message: message.into(),
            help: None,
        })
    }

    /// Creates the error for an `opening` at `start` that is not closed here.
    pub(super) fn unclosed(&self, start: usize, opening: &str, closing: &str) -> Box<SyntaxError> {
        let mut error = self.error(
            start,
            start + opening.len(),
            format!("this `{opening}` is never closed"),
        );
        error.help = Some(format!("close it with `{closing}`"));
        error
    }

    /// Creates the error for unexpected text here.
    pub(super) fn unexpected(&self, expected: &str) -> Box<SyntaxError> {
        let (length, what) = self.next_token();
        let message = if expected.is_empty() {
            format!("unexpected {what}")
        } else {
            format!("expected {expected}, found {what}")
        };
        self.error(self.at, self.at + length, message)
    }

    fn next_token(&self) -> (usize, String) {
        if let Some((span, _)) = self.hole() {
            return (span.end - span.start, "a value".into());
        }
        let rest = self.rest();
        let word: usize = rest
            .bytes()
            .take_while(|&b| CLASS[b as usize] & META == 0)
            .take(32)
            .count();
        let length = match rest.as_bytes() {
            [] => return (0, "the end of the script".into()),
            [b'\n', ..] => return (1, "the end of the line".into()),
            [b';', b';', ..] | [b'&', b'&', ..] | [b'|', b'|', ..] => 2,
            _ if word > 0 => (word..rest.len())
                .find(|&at| rest.is_char_boundary(at))
                .unwrap_or(rest.len()),
            _ => 1,
        };
        (length, format!("`{}`", &rest[..length]))
    }

    /// Runs `inner` one nesting level deeper.
    pub(super) fn deeper<T>(&mut self, inner: fn(&mut Self) -> Result<T>) -> Result<T> {
        self.enter()?;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// Enters a nesting level; the caller decrements `depth` at its end.
    pub(super) fn enter(&mut self) -> Result<()> {
        if self.depth >= MAX_DEPTH {
            return Err(self.error(
                self.at,
                self.at,
                format!("this is nested more than {MAX_DEPTH} levels deep"),
            ));
        }
        self.depth += 1;
        Ok(())
    }

    /// Consumes the hole that starts here, if one does.
    pub(super) fn take_hole(&mut self) -> Option<super::HolePart> {
        let (span, index) = self.hole()?;
        self.seek(span.end);
        Some(super::HolePart {
            span: self.place.map(span.start, span.end),
            index,
        })
    }
}

impl Place<'_> {
    /// Maps a range of offsets in the text to the original text.
    pub(super) fn map(self, start: usize, end: usize) -> Span {
        match self {
            Self::Whole => Span::new(start, end),
            Self::At(offset) => Span::new(start + offset, end + offset),
            Self::Within(span) => span,
            Self::Pieces(pieces) => {
                let one = |at: usize| match pieces
                    .partition_point(|&(from, _)| from <= at)
                    .checked_sub(1)
                {
                    Some(index) => pieces[index].1 + (at - pieces[index].0),
                    None => at,
                };
                let first = one(start);
                // The end of a piece comes after its last byte, not before the first byte of the next piece.
                let last = if end > start { one(end - 1) + 1 } else { first };
                Span::new(first, last.max(first))
            }
        }
    }
}
