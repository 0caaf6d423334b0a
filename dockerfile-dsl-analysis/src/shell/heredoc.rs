//! Here-documents. A body follows the next newline, long after the tree node of its operator is built. So the first pass over the text only
//! finds the bodies (and parses them for nested ones); the second parses each body at its operator.

use super::cursor::{Body, CLASS, Cursor, META, Pending, Result};
use super::tree::{HereDocument, Name, Word};
use super::word::{QuotedUntil, verbatim_parts};
use crate::Span;

impl Cursor<'_> {
    /// Parses the rest after `<<` or `<<-`, which is at `operator`.
    pub(super) fn here_document(
        &mut self,
        operator: usize,
        strip_tabs: bool,
    ) -> Result<HereDocument> {
        let (delimiter, quoted) = self.delimiter()?;
        let pending = Pending {
            at: operator,
            delimiter: delimiter.text.clone(),
            quoted,
            strip_tabs,
        };
        let mut document = HereDocument {
            delimiter,
            quoted,
            strip_tabs,
            body: Word::default(),
            terminated: false,
        };
        match self.bodies.get(&operator).copied() {
            Some(body) => {
                document.body = self.body(body, &pending)?;
                document.terminated = body.terminated;
            }
            None => document.body.span = self.place.map(self.text.len(), self.text.len()),
        }
        self.pending.push(pending);
        Ok(document)
    }

    fn delimiter(&mut self) -> Result<(Name, bool)> {
        let start = self.at;
        let mut text = String::new();
        let mut quoted = false;
        loop {
            let rest = self.rest();
            let Some(first) = rest.bytes().next() else {
                break;
            };
            match first {
                b'\\' => {
                    self.at += 1;
                    if !self.eat("\n") {
                        quoted = true;
                        text.push_str(self.take_char());
                    }
                }
                b'\'' | b'"' => {
                    let Some(length) = rest[1..].find(char::from(first)) else {
                        return Err(self.unclosed(self.at, &rest[..1], &rest[..1]));
                    };
                    let inner = &rest[1..=length];
                    if inner.contains(['\n', '\\', '`']) {
                        return Err(self.error(
                            start,
                            self.at + length + 2,
                            "this here-document's delimiter is not a plain word",
                        ));
                    }
                    quoted = true;
                    text.push_str(inner);
                    self.at += length + 2;
                }
                b'`' => {
                    return Err(self.error(
                        start,
                        self.at + 1,
                        "a here-document's delimiter cannot be computed",
                    ));
                }
                b'$' if matches!(self.peek_at(1), b'(' | b'{' | b'\'' | b'"' | b'[') => {
                    return Err(self.error(
                        start,
                        self.at + 2,
                        "a here-document's delimiter cannot be computed",
                    ));
                }
                _ if CLASS[first as usize] & META != 0 => break,
                _ => text.push_str(self.take_char()),
            }
        }
        if let Some((hole, _)) = self.hole() {
            return Err(self.error(
                hole.start,
                hole.end,
                "a here-document's delimiter cannot be a value",
            ));
        }
        if self.at == start {
            return Err(self.unexpected("a here-document's delimiter"));
        }
        Ok((
            Name {
                span: self.span(start),
                text: text.into(),
            },
            quoted,
        ))
    }

    /// Consumes a newline, and the bodies after it.
    pub(super) fn newline(&mut self) -> Result<()> {
        self.at += 1;
        if self.pending.is_empty() && self.held == 0 {
            return Ok(());
        }
        if self.held > 0 {
            return Err(self.here_document_waits(self.at - 1));
        }
        for pending in std::mem::take(&mut self.pending) {
            let body = match self.bodies.get(&pending.at).copied() {
                Some(body) => body,
                None => {
                    let body = self.find_body(&pending);
                    self.body(body, &pending)?;
                    self.bodies.insert(pending.at, body);
                    body
                }
            };
            self.seek(body.next);
        }
        Ok(())
    }

    pub(super) fn here_document_waits(&self, at: usize) -> Box<super::SyntaxError> {
        let mut error = self.error(
            at,
            at + 1,
            "a here-document's body must follow in the same substitution as its operator",
        );
        error.help = Some("end the line after the here-document's operator first".into());
        error
    }

    /// Finds the lines from here to the delimiter.
    fn find_body(&self, pending: &Pending) -> Body {
        let start = self.at;
        let mut line_start = start;
        let mut hole = self.holes.partition_point(|(span, _)| span.end <= start);
        let mut continued = false;
        while line_start < self.text.len() {
            let rest = &self.text[line_start..];
            let length = rest.find('\n').unwrap_or(rest.len());
            let line = &rest[..length];
            let next = (line_start + length + 1).min(self.text.len());
            while self
                .holes
                .get(hole)
                .is_some_and(|(span, _)| span.end <= line_start)
            {
                hole += 1;
            }
            let has_hole = self
                .holes
                .get(hole)
                .is_some_and(|(span, _)| span.start < line_start + length);
            let candidate = if pending.strip_tabs {
                line.trim_start_matches('\t')
            } else {
                line
            };
            if candidate == &*pending.delimiter && !continued && !has_hole {
                return Body {
                    start,
                    end: line_start,
                    next,
                    terminated: true,
                };
            }
            let backslashes = line.len() - line.trim_end_matches('\\').len();
            continued = !pending.quoted && backslashes % 2 == 1;
            line_start = next;
        }
        Body {
            start,
            end: self.text.len(),
            next: self.text.len(),
            terminated: false,
        }
    }

    /// Parses a body without moving.
    fn body(&mut self, body: Body, pending: &Pending) -> Result<Word> {
        let here = self.at;
        let text = self.text;
        let waiting = (
            std::mem::take(&mut self.pending),
            std::mem::take(&mut self.held),
        );
        self.enter()?;
        self.text = &text[..body.end];
        self.seek(body.start);
        let parts = if pending.quoted {
            verbatim_parts(self, pending.strip_tabs)
        } else {
            let until = if pending.strip_tabs {
                QuotedUntil::EndStripped
            } else {
                QuotedUntil::End
            };
            self.quoted_parts(until, body.start)?
        };
        let span: Span = self.place.map(body.start, body.end);
        self.text = text;
        self.seek(here);
        self.depth -= 1;
        (self.pending, self.held) = waiting;
        Ok(Word { span, parts })
    }
}
