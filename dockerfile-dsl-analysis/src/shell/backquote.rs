//! `` `..` ``: removes its backslashes first, then parses the rest as another script, whose spans point to the original text.

use super::Place;
use super::cursor::{Cursor, Result};
use super::tree::{CommandSubstitution, Part};
use super::word::Quoting;
use crate::Span;

/// Max. nesting of backquotes. Each level needs twice as many backslashes as the one above.
const MAX_BACKQUOTES: usize = 8;

impl Cursor<'_> {
    /// Parses `` `..` `` from its first backquote.
    pub(super) fn backquoted(&mut self, quoting: Quoting) -> Result<Part> {
        let start = self.at;
        let inner = self.unescaped(quoting)?;
        self.enter()?;
        let depth = self.depth;
        if self.backquotes >= MAX_BACKQUOTES {
            return Err(self.error(
                start,
                self.at,
                "these backquotes are nested too deep: use `$(..)`",
            ));
        }
        if inner.text.contains('\n') && self.pending.len() + self.held > 0 {
            return Err(self.here_document_waits(start));
        }
        let place = match self.place {
            Place::Within(span) => Place::Within(span),
            _ => Place::Pieces(&inner.pieces),
        };
        let mut cursor = Cursor::with(&inner.text, self.dialect, place, inner.holes, depth)?;
        cursor.extended_globs = self.extended_globs;
        cursor.backquotes = self.backquotes + 1;
        let list = cursor.whole()?;
        if !cursor.pending.is_empty() {
            return Err(self.here_document_waits(start));
        }
        self.depth -= 1;
        Ok(Part::CommandSubstitution(Box::new(CommandSubstitution {
            span: self.span(start),
            list,
        })))
    }

    /// Skips to the end of the closing backquote.
    fn unescaped(&mut self, quoting: Quoting) -> Result<Unescaped> {
        let start = self.at;
        let mut inner = Unescaped {
            text: String::new(),
            pieces: Vec::new(),
            holes: Vec::new(),
        };
        self.at += 1;
        loop {
            let from = self.at;
            let rest = self.rest();
            self.at += rest.find(['`', '\\']).unwrap_or(rest.len());
            self.copy(&mut inner, from);
            match self.peek() {
                b'`' => {
                    self.at += 1;
                    return Ok(inner);
                }
                b'\\' => {
                    let from = self.at;
                    let removed = match self.peek_at(1) {
                        b'$' | b'`' | b'\\' => true,
                        b'"' => quoting == Quoting::Double,
                        _ => false,
                    };
                    self.at += 1;
                    self.no_hole_behind(from, "\\")?;
                    self.take_char();
                    self.copy(&mut inner, from + usize::from(removed));
                }
                _ => match self.hole() {
                    Some((hole, index)) => {
                        self.seek(hole.end);
                        let at = inner.text.len();
                        self.copy(&mut inner, hole.start);
                        inner.holes.push((Span::new(at, inner.text.len()), index));
                    }
                    None => return Err(self.unclosed(start, "`", "`")),
                },
            }
        }
    }

    /// Copies the text from `from` to here, with its positions.
    fn copy(&self, inner: &mut Unescaped, from: usize) {
        let at = inner.text.len();
        inner.text.push_str(&self.text[from..self.at]);
        if from == self.at {
            return;
        }
        inner.pieces.push((at, self.place.map(from, from).start));
        if let Place::Pieces(pieces) = self.place {
            let first = pieces.partition_point(|&(piece, _)| piece <= from);
            let inside = pieces[first..]
                .iter()
                .take_while(|&&(piece, _)| piece < self.at);
            inner
                .pieces
                .extend(inside.map(|&(piece, target)| (at + piece - from, target)));
        }
    }
}

/// A text without one level of backslashes.
struct Unescaped {
    text: String,
    pieces: Vec<(usize, usize)>,
    holes: Vec<(Span, usize)>,
}
