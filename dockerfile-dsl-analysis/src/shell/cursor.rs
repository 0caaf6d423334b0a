//! The place in the text up to which it is read, and what every part of the parser needs there: bytes ahead, spans, holes, errors,
//! the limit on depth. All offsets inside the parser are into its own text; [`Cursor::span`] maps them to where the text stands.

use super::{Dialect, Options, Place, SyntaxError};
use crate::Span;
use std::collections::BTreeMap;

pub(super) type Result<T> = std::result::Result<T, Box<SyntaxError>>;

/// Nesting beyond this is refused: far above what people write, far below what a small thread's stack holds.
const MAX_DEPTH: usize = 100;
/// No script is that long: an exec call could not pass it.
const MAX_SIZE: usize = 16 << 20;

/// Ends a word.
pub(super) const META: u8 = 1;
/// Is not plain text outside quotes.
pub(super) const QUOTING: u8 = 1 << 1;
/// Is not plain text inside double quotes.
pub(super) const DOUBLE: u8 = 1 << 2;
/// Blank or tab.
pub(super) const BLANK: u8 = 1 << 3;
/// Letter, digit or underscore.
pub(super) const NAME: u8 = 1 << 4;
/// Is not plain text somewhere inside `${..}`, an arithmetic expression, a subscript or a pattern.
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

/// Where a here-document's body stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body {
    /// The lines before the delimiter.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Behind the delimiter's line.
    pub(super) next: usize,
    pub(super) terminated: bool,
}

/// A here-document whose operator is read and whose body has not come yet.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    /// Of its operator.
    pub(super) at: usize,
    pub(super) delimiter: Box<str>,
    pub(super) quoted: bool,
    pub(super) strip_tabs: bool,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Cursor<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    pub(super) dialect: Dialect,
    pub(super) place: Place<'t>,
    /// Spans in the text, each with its number.
    pub(super) holes: Vec<(Span, usize)>,
    /// The first hole that ends behind `at`.
    next_hole: usize,
    /// Where it starts, or the text's end.
    limit: usize,
    pub(super) depth: usize,
    /// How many backquotes are around this text.
    pub(super) backquotes: usize,
    /// A `shopt -s extglob` was read.
    pub(super) extended_globs: bool,
    pub(super) pending: Vec<Pending>,
    /// How many wait outside of the substitution that is being read.
    pub(super) held: usize,
    /// Bodies by the place of their operator: found in the first pass over the text, used in the second.
    pub(super) bodies: BTreeMap<usize, Body>,
    /// For each `((` that was looked at, whether it is closed by `))`.
    pub(super) closed_by_two: BTreeMap<usize, bool>,
    /// How many bytes may still be looked at ahead.
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
        Self::with(text, options.dialect, options.place, holes, 0)
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

    /// Goes to another place, also backwards.
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

    /// The byte here; 0 at the end and at a hole (the text has no NUL).
    pub(super) fn peek(&self) -> u8 {
        if self.at < self.limit {
            self.bytes()[self.at]
        } else {
            0
        }
    }

    /// The byte `ahead` of here; 0 if the end or a hole is before it.
    pub(super) fn peek_at(&self, ahead: usize) -> u8 {
        let at = self.at + ahead;
        if at < self.limit { self.bytes()[at] } else { 0 }
    }

    pub(super) fn is(&self, class: u8) -> bool {
        CLASS[self.peek() as usize] & class != 0
    }

    /// Whether all of the text is read.
    pub(super) fn at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    /// The hole that starts here.
    pub(super) fn hole(&self) -> Option<(Span, usize)> {
        self.holes
            .get(self.next_hole)
            .copied()
            .filter(|(span, _)| span.start == self.at && !self.at_end())
    }

    /// What is ahead, up to the next hole.
    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..self.limit.max(self.at)]
    }

    pub(super) fn starts_with(&self, prefix: &str) -> bool {
        self.bytes()[self.at..self.limit.max(self.at)].starts_with(prefix.as_bytes())
    }

    /// Steps over `prefix` if it is here.
    pub(super) fn eat(&mut self, prefix: &str) -> bool {
        let found = self.starts_with(prefix);
        if found {
            self.at += prefix.len();
        }
        found
    }

    /// Steps over bytes of which none is of `class`; gives their text.
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

    /// Steps over bytes of `class`; gives their text.
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

    /// Steps over one character; gives its text.
    pub(super) fn take_char(&mut self) -> &'t str {
        let rest = self.rest();
        let length = rest.chars().next().map_or(0, char::len_utf8);
        self.at += length;
        &rest[..length]
    }

    /// From `start` up to here, in the place where the text stands.
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

    /// Something opened at `start` by `opening` is not closed at the place where we are.
    pub(super) fn unclosed(&self, start: usize, opening: &str, closing: &str) -> Box<SyntaxError> {
        let mut error = self.error(
            start,
            start + opening.len(),
            format!("this `{opening}` is never closed"),
        );
        error.help = Some(format!("close it with `{closing}`"));
        error
    }

    /// What stands here does not belong here.
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

    /// Runs `inner` one level deeper.
    pub(super) fn deeper<T>(&mut self, inner: fn(&mut Self) -> Result<T>) -> Result<T> {
        self.enter()?;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// One level deeper: to be followed by `depth -= 1`.
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

    /// Goes behind the hole that starts here, if one does.
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
    /// Maps a range of offsets in the text to where the text stands.
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
                // The end of a piece is behind its last byte, not before the next piece's first.
                let last = if end > start { one(end - 1) + 1 } else { first };
                Span::new(first, last.max(first))
            }
        }
    }
}
