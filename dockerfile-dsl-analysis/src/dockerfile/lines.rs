//! Physical lines of the file, and the logical lines that BuildKit joins from them.
//!
//! Only LF ends a line. A line that ends in one escape character continues in the next. Comments and blank lines in between are dropped;
//! the indentation of the next line stays.

use super::{Escape, SourceText};
use crate::Span;

/// The longest line, without its LF, that BuildKit reads.
pub(super) const MAX_LINE: usize = 65_535;

/// An iterator over the lines of a text.
#[derive(Debug, Clone)]
pub(super) struct Lines<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

impl<'a> Lines<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Returns the span of the next line, without CR and LF.
    pub(super) fn next(&mut self) -> Option<Span> {
        let rest = &self.text[self.at..];
        if rest.is_empty() {
            return None;
        }
        let length = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let line = rest[..length].trim_end_matches(['\r', '\n']);
        let span = Span::new(self.at, self.at + line.len());
        self.at += length;
        Some(span)
    }

    /// Returns the first line that is too long for BuildKit.
    pub(super) fn too_long(&self) -> Option<Span> {
        let mut at = 0;
        for line in self.text.split('\n') {
            if line.len() > MAX_LINE {
                return Some(Span::new(at, at + line.len()));
            }
            at += line.len() + 1;
        }
        None
    }

    /// Joins the logical line that starts at `first`: its text, its end in the file, and the dropped lines.
    pub(super) fn join(&mut self, first: Span, escape: Escape) -> Joined {
        let start = first.start + leading_blanks(first.of(self.text));
        let mut joined = Joined {
            text: SourceText::empty_at(start),
            end: first.end,
            empty: Vec::new(),
            comments: Vec::new(),
        };
        let mut goes_on = self.append(&mut joined, Span::new(start, first.end), escape);
        while goes_on {
            let Some(line) = self.next() else { break };
            let text = line.of(self.text);
            joined.end = line.end;
            if is_comment(text) {
                joined
                    .comments
                    .push(Span::new(line.start + leading_blanks(text), line.end));
            } else if text.trim_start().is_empty() {
                joined.empty.push(line);
            } else {
                goes_on = self.append(&mut joined, line, escape);
            }
        }
        joined
    }

    fn append(&self, joined: &mut Joined, line: Span, escape: Escape) -> bool {
        let text = line.of(self.text);
        let continued = without_continuation(text, escape);
        joined.text.push_str(continued.unwrap_or(text), line.start);
        continued.is_some()
    }
}

/// A logical line.
#[derive(Debug)]
pub(super) struct Joined {
    pub(super) text: SourceText,
    pub(super) end: usize,
    /// Blank lines inside.
    pub(super) empty: Vec<Span>,
    /// Comments inside, each from its `#`.
    pub(super) comments: Vec<Span>,
}

pub(super) fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

pub(super) fn leading_blanks(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Returns the line without the trailing escape character that continues it. Two escape characters do not continue it.
fn without_continuation(line: &str, escape: Escape) -> Option<&str> {
    let rest = line
        .trim_end_matches([' ', '\t'])
        .strip_suffix(escape.char())?;
    (!rest.ends_with(escape.char())).then_some(rest)
}
