//! Arithmetic: `$((..))`, `$[..]`, `((..))`, the parts of `for ((..))`, offsets of slices. Only the expansions inside are of interest; the
//! rest is literal text.
//!
//! `((` may also open two subshells. As bash does, the parser checks whether two adjacent parentheses close the two. One scan decides all
//! `((` inside, so that it stays linear.

use super::cursor::{Cursor, OPERAND, QUOTING, Result};
use super::tree::{Arithmetic, Literal, Part, QuoteStyle, Quoted};
use super::word::{QuotedUntil, Quoting};

/// The terminator of an arithmetic expression. It is not consumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ArithmeticEnd {
    /// `))`
    Parentheses,
    /// `;` or `))`
    Semicolon,
    /// `]`
    Bracket,
    /// `:` or `}`
    Slice,
}

/// An enclosing construct, to find the end of `((`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Enclosure {
    /// `(` at this offset.
    Parenthesis(usize),
    /// `${`
    Brace,
    /// `"`
    Double,
}

impl Cursor<'_> {
    /// `$((..))`
    pub(super) fn arithmetic_expansion(&mut self) -> Result<Arithmetic> {
        let start = self.at;
        self.at += 1;
        let mut arithmetic = self.parenthesized_arithmetic()?;
        arithmetic.span = self.span(start);
        Ok(arithmetic)
    }

    /// `((..))`
    pub(super) fn parenthesized_arithmetic(&mut self) -> Result<Arithmetic> {
        let start = self.at;
        self.at += 2;
        let parts = self.arithmetic_parts(ArithmeticEnd::Parentheses, start)?;
        if !self.eat("))") {
            return Err(self.unclosed(start, "((", "))"));
        }
        Ok(Arithmetic {
            span: self.span(start),
            parts,
        })
    }

    /// `((..; ..; ..))`
    pub(super) fn for_header(&mut self) -> Result<[Arithmetic; 3]> {
        let start = self.at;
        self.at += 2;
        let mut header = <[Arithmetic; 3]>::default();
        for (index, part) in header.iter_mut().enumerate() {
            if index > 0 && !self.eat(";") {
                return Err(self.error(
                    start,
                    self.at,
                    "`for ((` needs three expressions with `;` between them",
                ));
            }
            let from = self.at;
            let parts = self.arithmetic_parts(ArithmeticEnd::Semicolon, start)?;
            *part = Arithmetic {
                span: self.span(from),
                parts,
            };
        }
        if !self.eat("))") {
            return Err(self.unexpected("`))`"));
        }
        Ok(header)
    }

    /// `$[..]`
    pub(super) fn bracketed_arithmetic(&mut self) -> Result<Arithmetic> {
        let start = self.at;
        self.at += 2;
        let parts = self.arithmetic_parts(ArithmeticEnd::Bracket, start)?;
        if !self.eat("]") {
            return Err(self.unclosed(start, "$[", "]"));
        }
        Ok(Arithmetic {
            span: self.span(start),
            parts,
        })
    }

    /// Offset or length of a slice.
    pub(super) fn slice_operand(&mut self, opened: usize) -> Result<Arithmetic> {
        let start = self.at;
        let parts = self.arithmetic_parts(ArithmeticEnd::Slice, opened)?;
        Ok(Arithmetic {
            span: self.span(start),
            parts,
        })
    }

    fn arithmetic_parts(&mut self, until: ArithmeticEnd, opened: usize) -> Result<Vec<Part>> {
        self.enter()?;
        let mut parts = Vec::new();
        let mut text = self.at;
        let mut parentheses = 0_usize;
        let mut brackets = 0_usize;
        let mut questions = 0_usize;
        loop {
            self.take_until(QUOTING | OPERAND);
            let start = self.at;
            let byte = self.peek();
            let part = match byte {
                0 if self.at_end() => {
                    return Err(self.unclosed(
                        opened,
                        &self.text[opened..opened + 2],
                        "the matching end",
                    ));
                }
                0 => self.take_hole().map(Part::Hole),
                b'"' => {
                    self.at += 1;
                    let inner = self.quoted_parts(QuotedUntil::Quote, start)?;
                    Some(Part::Quoted(Quoted {
                        span: self.span(start),
                        style: QuoteStyle::Double,
                        parts: inner,
                    }))
                }
                b'\'' => Some(self.single_quoted()?),
                b'`' => Some(self.backquoted(Quoting::Double)?),
                b'$' => self.dollar(Quoting::Double)?,
                b'\\' => {
                    self.at += 1;
                    self.no_hole_behind(start, "\\")?;
                    self.at -= 1;
                    None
                }
                b')' if until == ArithmeticEnd::Semicolon
                    && parentheses == 0
                    && self.peek_at(1) == b')' =>
                {
                    break;
                }
                b')' if until == ArithmeticEnd::Parentheses && parentheses == 0 => break,
                b';' if until == ArithmeticEnd::Semicolon && parentheses == 0 => break,
                b']' if until == ArithmeticEnd::Bracket && brackets == 0 => break,
                b'}' if until == ArithmeticEnd::Slice => break,
                b':' if until == ArithmeticEnd::Slice && parentheses == 0 && questions == 0 => {
                    break;
                }
                _ => None,
            };
            if let Some(part) = part {
                self.push_arithmetic_text(&mut parts, text, start);
                parts.push(part);
                text = self.at;
            } else {
                match byte {
                    b'(' => parentheses += 1,
                    b')' => {
                        parentheses = parentheses.checked_sub(1).ok_or_else(|| {
                            self.error(
                                start,
                                start + 1,
                                "this `)` closes nothing in the expression",
                            )
                        })?;
                    }
                    b'[' => brackets += 1,
                    b']' => brackets = brackets.saturating_sub(1),
                    b'?' => questions += 1,
                    b':' => questions = questions.saturating_sub(1),
                    _ => {}
                }
                self.at += 1;
                if byte == b'\\' && self.peek() != 0 {
                    self.take_char();
                }
            }
        }
        let end = self.at;
        self.push_arithmetic_text(&mut parts, text, end);
        self.depth -= 1;
        Ok(parts)
    }

    fn push_arithmetic_text(&self, parts: &mut Vec<Part>, start: usize, end: usize) {
        if start < end {
            let text = self.text[start..end].replace("\\\n", "");
            parts.push(Part::Literal(Literal {
                span: self.place.map(start, end),
                text: text.into(),
            }));
        }
    }

    /// Whether `))` closes the `((` at `at`: then it is arithmetic, else two subshells.
    pub(super) fn is_arithmetic(&mut self, at: usize) -> Result<bool> {
        if !self.closed_by_two.contains_key(&at) {
            let end = self.look_for_ends(at);
            let looked_at = end - at;
            if looked_at > self.lookahead {
                return Err(self.error(
                    at,
                    at + 2,
                    "there are too many `((` around here whose end is not clear",
                ));
            }
            self.lookahead -= looked_at;
        }
        Ok(self.closed_by_two.get(&at).copied().unwrap_or(false))
    }

    /// Records for each parenthesis from `at` to its end whether an adjacent pair closes it. Returns the end of the scan.
    fn look_for_ends(&mut self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut open = vec![Enclosure::Parenthesis(at)];
        let mut doubles = 0_usize;
        let mut last_closed = (0, 0);
        let mut here = at + 1;
        let mut holes = self.holes.partition_point(|(span, _)| span.end <= at);
        while here < bytes.len() {
            if let Some((hole, _)) = self.holes.get(holes).filter(|(span, _)| span.start <= here) {
                here = hole.end;
                holes += 1;
                continue;
            }
            let Some(&top) = open.last() else { return here };
            let next = bytes.get(here + 1).copied().unwrap_or(0);
            match (bytes[here], top) {
                (b'\\', _) => here += 1,
                (b'`', _) => here = skip_to(bytes, here + 1, b'`', true),
                (b'"', Enclosure::Double) => {
                    doubles -= 1;
                    open.pop();
                }
                (b'"', _) => {
                    doubles += 1;
                    open.push(Enclosure::Double);
                }
                (b'$', _) if next == b'{' => {
                    open.push(Enclosure::Brace);
                    here += 1;
                }
                (b'$', _) if next == b'(' => {
                    open.push(Enclosure::Parenthesis(here + 1));
                    here += 1;
                }
                (_, Enclosure::Double) => {}
                (b'}', Enclosure::Brace) => drop(open.pop()),
                (b'$', _) if next == b'\'' => here = skip_to(bytes, here + 2, b'\'', true),
                (b'\'', _) if doubles == 0 => here = skip_to(bytes, here + 1, b'\'', false),
                (b'(', _) => open.push(Enclosure::Parenthesis(here)),
                (b')', Enclosure::Parenthesis(start)) => {
                    open.pop();
                    let two = last_closed == (start + 1, here.wrapping_sub(1))
                        && bytes[start + 1] == b'(';
                    self.closed_by_two.insert(start, two);
                    last_closed = (start, here);
                }
                _ => {}
            }
            here += 1;
        }
        for enclosure in open {
            if let Enclosure::Parenthesis(start) = enclosure {
                self.closed_by_two.insert(start, false);
            }
        }
        bytes.len()
    }
}

/// Returns the offset of the next `end`, or the text's length.
fn skip_to(bytes: &[u8], mut at: usize, end: u8, escapes: bool) -> usize {
    while at < bytes.len() && bytes[at] != end {
        at += if escapes && bytes[at] == b'\\' { 2 } else { 1 };
    }
    at
}
