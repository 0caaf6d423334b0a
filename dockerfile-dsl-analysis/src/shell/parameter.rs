//! `$x` and `${..}`: the parameter, its subscript, and the operator with its operands.

use super::Dialect;
use super::cursor::{Cursor, NAME, Result};
use super::tree::{
    CaseChange, Extent, Fallback, FallbackTest, Operation, Parameter, ParameterForm, ParameterName,
    ReplaceScope, Side, Subscript, Word,
};
use super::word::{QuotedUntil, Quoting, Until};

const fn is_special(byte: u8) -> bool {
    matches!(byte, b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!')
}

const fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

impl Cursor<'_> {
    /// Parses `$x`, `$1`, `$@`; `None` if the `$` is literal.
    pub(super) fn plain_parameter(&mut self) -> Result<Option<Parameter>> {
        let start = self.at;
        let next = self.peek_at(1);
        if !is_name_start(next) && !next.is_ascii_digit() && !is_special(next) {
            return Ok(None);
        }
        self.at += 1;
        let name = if is_name_start(next) {
            let name = self.take_while(NAME);
            self.no_hole_behind(start, &self.text[start..self.at])?;
            if self.starts_with("\\\n")
                && (self.peek_at(2) == 0
                    || self.peek_at(2).is_ascii_alphanumeric()
                    || self.peek_at(2) == b'_')
            {
                return Err(self.error(
                    start,
                    self.at,
                    "a variable's name cannot go on in the next line",
                ));
            }
            ParameterName::Variable(name.into())
        } else {
            self.at += 1;
            if is_special(next) {
                ParameterName::Special(char::from(next))
            } else {
                ParameterName::Positional(u32::from(next - b'0'))
            }
        };
        Ok(Some(Parameter {
            span: self.span(start),
            name,
            name_span: self.span(start + 1),
            subscript: None,
            form: ParameterForm::Value,
            operation: None,
        }))
    }

    /// `${..}`
    pub(super) fn braced_parameter(&mut self, quoting: Quoting) -> Result<Parameter> {
        let start = self.at;
        self.at += 2;
        self.enter()?;
        let mut form = self.parameter_form();
        let name_start = self.at;
        let name = self.parameter_name(start)?;
        let name_span = self.span(name_start);
        let subscript = self.parameter_subscript(start, &name)?;
        if form == ParameterForm::Indirect && (self.starts_with("*}") || self.starts_with("@}")) {
            self.at += 1;
            form = ParameterForm::NamesWithPrefix;
        }
        let operation = if self.peek() == b'}' {
            None
        } else {
            Some(self.operation(start, quoting)?)
        };
        if !self.eat("}") {
            return Err(self.unclosed(start, "${", "}"));
        }
        self.depth -= 1;
        Ok(Parameter {
            span: self.span(start),
            name,
            name_span,
            subscript,
            form,
            operation,
        })
    }

    /// Consumes a `#` or `!` that is not the parameter itself.
    fn parameter_form(&mut self) -> ParameterForm {
        let (next, behind) = (self.peek_at(1), self.peek_at(2));
        let form = match self.peek() {
            b'#' if is_name_start(next)
                || next.is_ascii_digit()
                || is_special(next) && behind == b'}' =>
            {
                ParameterForm::Length
            }
            b'!' if is_name_start(next)
                || next.is_ascii_digit()
                || matches!(next, b'#' | b'@' | b'*') && behind == b'}' =>
            {
                ParameterForm::Indirect
            }
            _ => return ParameterForm::Value,
        };
        self.at += 1;
        form
    }

    fn parameter_name(&mut self, start: usize) -> Result<ParameterName> {
        let first = self.peek();
        if is_name_start(first) {
            return Ok(ParameterName::Variable(self.take_while(NAME).into()));
        }
        if first.is_ascii_digit() {
            let digits = self.take_while(NAME);
            return match digits.parse() {
                Ok(number) => Ok(ParameterName::Positional(number)),
                Err(_) => Err(self.error(start, self.at, "invalid parameter name")),
            };
        }
        if is_special(first) {
            self.at += 1;
            return Ok(ParameterName::Special(char::from(first)));
        }
        if self.at_end() {
            return Err(self.unclosed(start, "${", "}"));
        }
        if let Some((hole, _)) = self.hole() {
            return Err(self.error(start, hole.end, "a value cannot be the name of a variable"));
        }
        Err(self.unexpected("the name of a parameter after `${`"))
    }

    fn parameter_subscript(
        &mut self,
        start: usize,
        name: &ParameterName,
    ) -> Result<Option<Subscript>> {
        if self.peek() != b'[' || !matches!(name, ParameterName::Variable(_)) {
            return Ok(None);
        }
        let subscript = if self.eat("[@]") {
            Subscript::All
        } else if self.eat("[*]") {
            Subscript::Joined
        } else {
            Subscript::Index(self.bracketed_subscript(start)?)
        };
        Ok(Some(subscript))
    }

    /// `[..]`, which is here.
    pub(super) fn bracketed_subscript(&mut self, start: usize) -> Result<Word> {
        self.at += 1;
        let word = self.word_until(Until::Bracket)?;
        if word.parts.is_empty() || !self.eat("]") {
            return Err(self.error(
                start,
                self.at,
                "this subscript is empty or never closed by `]`",
            ));
        }
        Ok(word)
    }

    /// Parses everything between the name and the `}`.
    fn operation(&mut self, start: usize, quoting: Quoting) -> Result<Operation> {
        if let Some((fallback, test)) = self.fallback() {
            return Ok(Operation::Fallback(
                fallback,
                test,
                self.operand(start, quoting)?,
            ));
        }
        let byte = self.peek();
        match byte {
            b'#' | b'%' => {
                let side = if byte == b'#' {
                    Side::Prefix
                } else {
                    Side::Suffix
                };
                let extent = self.extent();
                Ok(Operation::Remove(
                    side,
                    extent,
                    self.word_until(Until::Brace)?,
                ))
            }
            b'/' => self.replace(),
            b'^' | b',' | b'~' => {
                let change = match byte {
                    b'^' => CaseChange::Upper,
                    b',' => CaseChange::Lower,
                    _ => CaseChange::Toggle,
                };
                let extent = self.extent();
                let pattern = if self.peek() == b'}' {
                    None
                } else {
                    Some(self.word_until(Until::Brace)?)
                };
                Ok(Operation::ChangeCase(change, extent, pattern))
            }
            b':' => self.slice(start),
            b'@' if self.peek_at(1).is_ascii_alphabetic() && self.peek_at(2) == b'}' => {
                let operator = char::from(self.peek_at(1));
                self.at += 2;
                Ok(Operation::Transform(operator))
            }
            _ if self.at_end() => Err(self.unclosed(start, "${", "}")),
            _ => {
                let mut error = self.unexpected("an operator or `}` after the name of a parameter");
                error.span = self.place.map(start, self.at + 1).to(error.span);
                error.help = Some(format!(
                    "write `{}}}` for the variable alone",
                    &self.text[start..self.at]
                ));
                Err(error)
            }
        }
    }

    fn fallback(&mut self) -> Option<(Fallback, FallbackTest)> {
        let (test, ahead) = if self.peek() == b':' {
            (FallbackTest::UnsetOrEmpty, 1)
        } else {
            (FallbackTest::Unset, 0)
        };
        let fallback = match self.peek_at(ahead) {
            b'-' => Fallback::Default,
            b'=' => Fallback::Assign,
            b'?' => Fallback::Error,
            b'+' => Fallback::Alternative,
            _ => return None,
        };
        self.at += ahead + 1;
        Some((fallback, test))
    }

    /// Parses the word of a fallback, with the quoting around it.
    fn operand(&mut self, start: usize, quoting: Quoting) -> Result<Word> {
        match quoting {
            Quoting::No => self.word_until(Until::Brace),
            Quoting::Double => {
                let from = self.at;
                let parts = self.quoted_parts(QuotedUntil::Brace, start)?;
                Ok(Word {
                    span: self.span(from),
                    parts,
                })
            }
        }
    }

    /// Consumes an operator of one character, which may be doubled.
    fn extent(&mut self) -> Extent {
        let doubled = self.peek() == self.peek_at(1);
        self.at += 1 + usize::from(doubled);
        if doubled { Extent::Most } else { Extent::Least }
    }

    fn replace(&mut self) -> Result<Operation> {
        let scope = match self.peek_at(1) {
            b'/' => ReplaceScope::All,
            b'#' => ReplaceScope::Prefix,
            b'%' => ReplaceScope::Suffix,
            _ => ReplaceScope::First,
        };
        self.at += if scope == ReplaceScope::First { 1 } else { 2 };
        let pattern = self.word_until(Until::Slash)?;
        let replacement = if self.eat("/") {
            Some(self.word_until(Until::Brace)?)
        } else {
            None
        };
        Ok(Operation::Replace(scope, pattern, replacement))
    }

    fn slice(&mut self, start: usize) -> Result<Operation> {
        self.at += 1;
        let offset = self.slice_operand(start)?;
        let length = if self.eat(":") {
            Some(self.slice_operand(start)?)
        } else {
            None
        };
        Ok(Operation::Slice(offset, length))
    }

    /// Whether the dialect has arrays and related syntax.
    pub(super) fn is_bash(&self) -> bool {
        self.dialect == Dialect::Bash
    }
}
