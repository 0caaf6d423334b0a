//! Words: literals, quotes, escapes, and the dispatch at a `$`.
//!
//! Two parsers: one for text outside quotes, whose terminator is an [`Until`]; one for text inside double quotes, which here-documents
//! share.
//!
//! One file, because the two parsers share every helper, and differ in the meaning of characters.

use super::cursor::{CLASS, Cursor, DOUBLE, META, OPERAND, QUOTING, Result};
use super::tree::{
    CommandSubstitution, Direction, ExtendedGlob, HolePart, Literal, Part, ProcessSubstitution,
    QuoteStyle, Quoted, Word,
};
use super::{Dialect, brace};
use crate::Span;

/// The terminator of a text outside quotes. It is not consumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// Blank, newline or operator: an ordinary word.
    Meta,
    /// The same, where bash accepts extended globs regardless of `shopt`: the right side of `==` inside `[[ ]]`.
    MetaPattern,
    /// The same, with parentheses and `|` as text: the right side of `=~`.
    Regex,
    /// `}`: the operand of `${x:-..}`.
    Brace,
    /// `/` or `}`: the pattern of `${x/../}`.
    Slash,
    /// `|` or `)`: a pattern of an extended glob.
    Alternative,
    /// `]`: a subscript.
    Bracket,
}

/// The terminator of a text inside double quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QuotedUntil {
    /// `"`, which is consumed.
    Quote,
    /// `}`, which is not consumed: the operand of `"${x:-..}"`.
    Brace,
    /// The end of the text: a here-document's body.
    End,
    /// The same, with leading tabs removed.
    EndStripped,
}

/// Whether a `$` is inside double quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    No,
    Double,
}

/// Literal text under construction: borrowed as long as it is one piece.
#[derive(Debug)]
struct TextRun<'t> {
    start: usize,
    end: usize,
    first: &'t str,
    joined: String,
}

impl<'t> TextRun<'t> {
    const fn new() -> Self {
        Self {
            start: 0,
            end: 0,
            first: "",
            joined: String::new(),
        }
    }

    const fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// Appends `piece`, which the bytes from `start` to `end` represent.
    fn push(&mut self, piece: &'t str, start: usize, end: usize) {
        if piece.is_empty() {
            return;
        }
        if self.first.is_empty() {
            self.first = piece;
            self.start = start;
        } else {
            if self.joined.is_empty() {
                self.joined.push_str(self.first);
            }
            self.joined.push_str(piece);
        }
        self.end = end;
    }

    fn flush(&mut self, cursor: &Cursor<'_>, parts: &mut Vec<Part>) {
        if self.is_empty() {
            return;
        }
        let text = if self.joined.is_empty() {
            self.first.into()
        } else {
            std::mem::take(&mut self.joined).into()
        };
        parts.push(Part::Literal(Literal {
            span: cursor.place.map(self.start, self.end),
            text,
        }));
        self.first = "";
    }
}

impl<'t> Cursor<'t> {
    /// Parses a word of a command, with brace expansion.
    pub(super) fn word(&mut self) -> Result<Word> {
        let start = self.at;
        let mut word = self.word_until(Until::Meta)?;
        if self.dialect == Dialect::Bash && self.text.as_bytes()[start..self.at].contains(&b'{') {
            word.parts = brace::expand(std::mem::take(&mut word.parts)).map_err(|span| {
                let mut error = self.error(0, 0, "a brace range cannot contain a value");
                error.span = span;
                error
            })?;
        }
        Ok(word)
    }

    pub(super) fn word_until(&mut self, until: Until) -> Result<Word> {
        let start = self.at;
        let parts = self.parts(until)?;
        Ok(Word {
            span: self.span(start),
            parts,
        })
    }

    /// Parses the parts of a text outside quotes.
    fn parts(&mut self, until: Until) -> Result<Vec<Part>> {
        let stop = if until == Until::Meta {
            META | QUOTING
        } else {
            META | QUOTING | OPERAND
        };
        // Most words have one part.
        let mut parts = Vec::with_capacity(1);
        let mut text = TextRun::new();
        let mut nesting = 0_usize;
        loop {
            let start = self.at;
            let plain = self.take_until(stop);
            text.push(plain, start, self.at);
            let start = self.at;
            let byte = self.peek();
            let part = match byte {
                0 => match self.take_hole() {
                    Some(hole) => Some(Part::Hole(hole)),
                    None => break,
                },
                b'\\' => match self.escape()? {
                    Some(escaped) => Some(Part::Escaped(escaped)),
                    None => continue,
                },
                b'\'' => Some(self.single_quoted()?),
                b'"' => Some(self.double_quoted(start, QuoteStyle::Double)?),
                b'`' => Some(self.backquoted(Quoting::No)?),
                b'$' => self.dollar(Quoting::No)?,
                b'<' | b'>'
                    if self.peek_at(1) == b'(' && self.reads_process_substitution(until) =>
                {
                    Some(self.process_substitution()?)
                }
                b'(' if self.reads_extended_globs(until)
                    && plain.ends_with(['?', '*', '+', '@', '!']) =>
                {
                    text.first =
                        &text.first[..text.first.len() - usize::from(text.joined.is_empty())];
                    text.joined.pop();
                    text.end -= 1;
                    self.at -= 1;
                    Some(self.extended_glob()?)
                }
                _ if self.ends(byte, until, nesting) => break,
                _ => None,
            };
            match part {
                Some(part) => {
                    text.flush(self, &mut parts);
                    parts.push(part);
                }
                // The character is literal here.
                None => {
                    nesting = match byte {
                        b'(' if matches!(until, Until::Regex | Until::Alternative) => nesting + 1,
                        b')' if matches!(until, Until::Regex | Until::Alternative) => nesting - 1,
                        b'[' if until == Until::Bracket => nesting + 1,
                        b']' if until == Until::Bracket => nesting - 1,
                        _ => nesting,
                    };
                    let character = self.take_char();
                    text.push(character, start, self.at);
                }
            }
        }
        text.flush(self, &mut parts);
        Ok(parts)
    }

    /// Whether `byte`, outside quotes, ends the text.
    fn ends(&self, byte: u8, until: Until, nesting: usize) -> bool {
        let class = CLASS[byte as usize];
        match until {
            Until::Meta | Until::MetaPattern => class & META != 0,
            Until::Regex => match byte {
                b'(' | b'|' => false,
                b')' => nesting == 0,
                b' ' | b'\t' => nesting == 0,
                _ => class & META != 0,
            },
            Until::Brace => byte == b'}',
            Until::Slash => byte == b'}' || byte == b'/',
            Until::Alternative => nesting == 0 && matches!(byte, b'|' | b')'),
            Until::Bracket => byte == b'\n' || nesting == 0 && byte == b']',
        }
    }

    fn reads_process_substitution(&self, until: Until) -> bool {
        match until {
            Until::Meta | Until::MetaPattern => true,
            Until::Brace | Until::Slash | Until::Alternative => self.dialect == Dialect::Bash,
            Until::Regex | Until::Bracket => false,
        }
    }

    fn reads_extended_globs(&self, until: Until) -> bool {
        match until {
            Until::MetaPattern => true,
            Until::Regex | Until::Bracket => false,
            Until::Meta | Until::Brace | Until::Slash | Until::Alternative => self.extended_globs,
        }
    }

    /// Parses `\x` outside quotes; `None` for a line continuation.
    fn escape(&mut self) -> Result<Option<Literal>> {
        let start = self.at;
        self.at += 1;
        if self.eat("\n") {
            return Ok(None);
        }
        self.no_hole_behind(start, "\\")?;
        // A backslash at the very end is literal.
        let text = if self.at_end() {
            "\\"
        } else {
            self.take_char()
        };
        Ok(Some(Literal {
            span: self.span(start),
            text: text.into(),
        }))
    }

    /// Rejects a hole after a backslash or a `$`, where the value would be read with another meaning.
    pub(super) fn no_hole_behind(&self, start: usize, what: &str) -> Result<()> {
        match self.hole() {
            Some((hole, _)) => {
                let mut error = self.error(
                    start,
                    hole.end,
                    format!("a value cannot directly follow `{what}`"),
                );
                error.help = Some(if what == "\\" {
                    "leave the backslash out: a value is quoted for its place".into()
                } else if what == "$" {
                    "write `\\$` for a dollar sign".into()
                } else {
                    format!("write `${{{}}}`", what.trim_start_matches('$'))
                });
                Err(error)
            }
            None => Ok(()),
        }
    }

    /// `'..'`
    pub(super) fn single_quoted(&mut self) -> Result<Part> {
        let start = self.at;
        self.at += 1;
        let mut parts = Vec::new();
        loop {
            let from = self.at;
            let rest = self.rest();
            let length = rest.find('\'').unwrap_or(rest.len());
            self.at += length;
            if length > 0 {
                parts.push(Part::Literal(Literal {
                    span: self.span(from),
                    text: rest[..length].into(),
                }));
            }
            if self.eat("'") {
                return Ok(Part::Quoted(Quoted {
                    span: self.span(start),
                    style: QuoteStyle::Single,
                    parts,
                }));
            }
            match self.take_hole() {
                Some(hole) => parts.push(Part::Hole(hole)),
                None => return Err(self.unclosed(start, "'", "'")),
            }
        }
    }

    /// Parses `".."`; the text from `start` to here precedes the quote.
    fn double_quoted(&mut self, start: usize, style: QuoteStyle) -> Result<Part> {
        self.at += 1;
        let parts = self.quoted_parts(QuotedUntil::Quote, start)?;
        Ok(Part::Quoted(Quoted {
            span: self.span(start),
            style,
            parts,
        }))
    }

    /// Parses the parts of a text inside double quotes that were opened at `opened`.
    pub(super) fn quoted_parts(&mut self, until: QuotedUntil, opened: usize) -> Result<Vec<Part>> {
        let stop = if until == QuotedUntil::Brace {
            DOUBLE | OPERAND
        } else {
            DOUBLE
        };
        let mut parts = Vec::new();
        let mut text = TextRun::new();
        // Offset of a `'` inside `"${x:-..}"`: bash requires its end, and ignores a `}` before it.
        let mut single = None;
        let mut line_start = until == QuotedUntil::EndStripped;
        loop {
            let start = self.at;
            let plain = self.take_until(stop);
            if until == QuotedUntil::EndStripped {
                push_stripped(&mut text, plain, start, line_start);
                line_start = if plain.is_empty() {
                    line_start
                } else {
                    plain.ends_with('\n')
                };
            } else {
                text.push(plain, start, self.at);
            }
            let start = self.at;
            let part = match self.peek() {
                0 => match self.take_hole() {
                    Some(hole) => Some(Part::Hole(hole)),
                    None if matches!(until, QuotedUntil::End | QuotedUntil::EndStripped) => break,
                    None if until == QuotedUntil::Quote => {
                        return Err(self.unclosed(opened, "\"", "\""));
                    }
                    None => return Err(self.unclosed(opened, "${", "}")),
                },
                b'"' => match until {
                    QuotedUntil::Quote => {
                        self.at += 1;
                        break;
                    }
                    QuotedUntil::Brace => Some(self.double_quoted(start, QuoteStyle::Double)?),
                    QuotedUntil::End | QuotedUntil::EndStripped => None,
                },
                b'}' if until == QuotedUntil::Brace && single.is_none() => break,
                b'\'' if until == QuotedUntil::Brace && self.dialect == Dialect::Bash => {
                    single = if single.is_none() { Some(start) } else { None };
                    None
                }
                b'\\' => {
                    self.quoted_escape(until, &mut text)?;
                    continue;
                }
                b'`' => Some(self.backquoted(Quoting::Double)?),
                b'$' if until == QuotedUntil::Brace && self.peek_at(1) == b'\'' => {
                    self.dollar(Quoting::No)?
                }
                b'$' => self.dollar(Quoting::Double)?,
                _ => None,
            };
            line_start = false;
            match part {
                Some(part) => {
                    text.flush(self, &mut parts);
                    parts.push(part);
                }
                None => {
                    let character = self.take_char();
                    text.push(character, start, self.at);
                }
            }
        }
        if let Some(start) = single {
            return Err(self.unclosed(start, "'", "'"));
        }
        text.flush(self, &mut parts);
        Ok(parts)
    }

    /// Parses a backslash inside double quotes, which escapes special characters only.
    fn quoted_escape(&mut self, until: QuotedUntil, text: &mut TextRun<'t>) -> Result<()> {
        let start = self.at;
        let all: &'t str = self.text;
        self.at += 1;
        self.no_hole_behind(start, "\\")?;
        let escapes = match self.peek() {
            b'\n' => {
                self.at += 1;
                return Ok(());
            }
            b'$' | b'`' | b'\\' => true,
            b'"' => matches!(until, QuotedUntil::Quote | QuotedUntil::Brace),
            b'}' => until == QuotedUntil::Brace,
            _ => false,
        };
        if escapes {
            self.at += 1;
            text.push(&all[start + 1..self.at], start, self.at);
        } else {
            text.push(&all[start..self.at], start, self.at);
        }
        Ok(())
    }

    /// Parses the expansion at a `$`; `None` if it is literal.
    pub(super) fn dollar(&mut self, quoting: Quoting) -> Result<Option<Part>> {
        let start = self.at;
        let part = match self.peek_at(1) {
            b'(' if self.peek_at(2) == b'(' && self.is_arithmetic(start + 1)? => {
                Part::Arithmetic(Box::new(self.arithmetic_expansion()?))
            }
            b'(' => {
                self.at += 2;
                let list = self.substituted_list(start, "$(")?;
                Part::CommandSubstitution(Box::new(CommandSubstitution {
                    span: self.span(start),
                    list,
                }))
            }
            b'{' => Part::Parameter(Box::new(self.braced_parameter(quoting)?)),
            b'[' if self.dialect == Dialect::Bash => {
                Part::Arithmetic(Box::new(self.bracketed_arithmetic()?))
            }
            b'\'' if quoting == Quoting::No && self.dialect == Dialect::Bash => {
                self.ansi_c_quoted()?
            }
            b'"' if quoting == Quoting::No && self.dialect == Dialect::Bash => {
                self.at += 1;
                self.double_quoted(start, QuoteStyle::Locale)?
            }
            b'\\' if self.peek_at(2) == b'\n' => {
                return Err(self.error(
                    start,
                    start + 2,
                    "a line cannot be continued directly after `$`",
                ));
            }
            0 => {
                self.at += 1;
                let result = self.no_hole_behind(start, "$");
                self.at = start;
                result?;
                return Ok(None);
            }
            _ => match self.plain_parameter()? {
                Some(parameter) => Part::Parameter(Box::new(parameter)),
                None => return Ok(None),
            },
        };
        Ok(Some(part))
    }

    /// `<(..)` or `>(..)`
    fn process_substitution(&mut self) -> Result<Part> {
        let start = self.at;
        let (direction, opening) = if self.peek() == b'<' {
            (Direction::In, "<(")
        } else {
            (Direction::Out, ">(")
        };
        self.at += 2;
        let list = self.substituted_list(start, opening)?;
        Ok(Part::ProcessSubstitution(Box::new(ProcessSubstitution {
            span: self.span(start),
            direction,
            list,
        })))
    }

    /// Parses `@(a|b)` from its operator.
    fn extended_glob(&mut self) -> Result<Part> {
        let start = self.at;
        let operator = char::from(self.peek());
        self.at += 2;
        self.enter()?;
        let mut patterns = Vec::new();
        loop {
            patterns.push(self.word_until(Until::Alternative)?);
            if self.eat(")") {
                break;
            }
            if !self.eat("|") {
                return Err(self.unclosed(start, &self.text[start..start + 2], ")"));
            }
        }
        self.depth -= 1;
        Ok(Part::ExtendedGlob(Box::new(ExtendedGlob {
            span: self.span(start),
            operator,
            patterns,
        })))
    }
}

/// Appends the lines of `plain` without their leading tabs.
fn push_stripped<'t>(text: &mut TextRun<'t>, plain: &'t str, start: usize, line_start: bool) {
    let mut at = start;
    for (index, line) in plain.split_inclusive('\n').enumerate() {
        let kept = if index > 0 || line_start {
            line.trim_start_matches('\t')
        } else {
            line
        };
        text.push(kept, at + line.len() - kept.len(), at + line.len());
        at += line.len();
    }
}

/// Splits a literal text into parts, at its holes.
pub(super) fn verbatim_parts(cursor: &mut Cursor<'_>, strip_tabs: bool) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut line_start = strip_tabs;
    while !cursor.at_end() {
        let mut text = TextRun::new();
        let start = cursor.at;
        let rest = cursor.rest();
        cursor.at += rest.len();
        if strip_tabs {
            push_stripped(&mut text, rest, start, line_start);
        } else {
            text.push(rest, start, cursor.at);
        }
        text.flush(cursor, &mut parts);
        line_start = false;
        if let Some(hole) = cursor.take_hole() {
            parts.push(Part::Hole(hole));
        }
    }
    parts
}

/// Returns the span of the first hole among the parts of a word, at the top level or in its quotes.
pub(super) fn first_hole(parts: &[Part]) -> Option<(Span, &HolePart)> {
    parts.iter().find_map(|part| match part {
        Part::Hole(hole) => Some((hole.span, hole)),
        Part::Quoted(quoted) => first_hole(&quoted.parts),
        _ => None,
    })
}
