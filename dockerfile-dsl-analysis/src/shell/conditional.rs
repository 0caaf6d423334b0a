//! The expression inside `[[ .. ]]`.

use super::cursor::{CLASS, Cursor, META, QUOTING, Result};
use super::tree::{Conditional, ConditionalKind, Name, Part, Word};
use super::word::Until;

const UNARY: &str = "abcdefghknoprstuvwxzGLNORS";
const BINARY: &[&str] = &[
    "=", "==", "!=", "=~", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef",
];

impl Cursor<'_> {
    /// Parses the rest after the `[[` at `start`, including `]]`.
    pub(super) fn conditional(&mut self, start: usize) -> Result<Conditional> {
        let mut conditional = self.any_of()?;
        if !self.at_closing_brackets() {
            return Err(if self.at_end() {
                self.unclosed(start, "[[", "]]")
            } else {
                self.unexpected("`&&`, `||` or `]]`")
            });
        }
        self.at += 2;
        conditional.span = self.span(start);
        Ok(conditional)
    }

    fn any_of(&mut self) -> Result<Conditional> {
        self.enter()?;
        let start = self.at;
        let mut operands = vec![self.all_of()?];
        let mut end = self.at;
        self.skip_lines()?;
        while self.eat("||") {
            operands.push(self.all_of()?);
            end = self.at;
            self.skip_lines()?;
        }
        self.depth -= 1;
        Ok(self.joined(operands, ConditionalKind::Or, start, end))
    }

    fn all_of(&mut self) -> Result<Conditional> {
        self.skip_lines()?;
        let start = self.at;
        let mut operands = vec![self.negatable()?];
        let mut end = self.at;
        self.skip_behind(&operands)?;
        while self.eat("&&") {
            operands.push(self.negatable()?);
            end = self.at;
            self.skip_behind(&operands)?;
        }
        Ok(self.joined(operands, ConditionalKind::And, start, end))
    }

    /// bash requires an operator on the line of a lone word.
    fn skip_behind(&mut self, operands: &[Conditional]) -> Result<()> {
        match operands.last() {
            Some(Conditional {
                kind: ConditionalKind::Word(_),
                ..
            }) => self.skip_blanks(),
            _ => self.skip_lines(),
        }
    }

    fn joined(
        &self,
        mut operands: Vec<Conditional>,
        kind: fn(Vec<Conditional>) -> ConditionalKind,
        start: usize,
        end: usize,
    ) -> Conditional {
        match operands.pop() {
            Some(only) if operands.is_empty() => only,
            last => {
                operands.extend(last);
                Conditional {
                    span: self.place.map(start, end),
                    kind: kind(operands),
                }
            }
        }
    }

    fn negatable(&mut self) -> Result<Conditional> {
        self.skip_lines()?;
        let start = self.at;
        let mut negated = false;
        while self.peek() == b'!' && CLASS[self.peek_at(1) as usize] & META != 0 {
            self.at += 1;
            negated = !negated;
            self.skip_lines()?;
        }
        let operand = self.operand_of_condition()?;
        Ok(if negated {
            Conditional {
                span: self.span(start),
                kind: ConditionalKind::Not(Box::new(operand)),
            }
        } else {
            operand
        })
    }

    fn operand_of_condition(&mut self) -> Result<Conditional> {
        let start = self.at;
        if self.eat("(") {
            let mut inner = self.any_of()?;
            if !self.eat(")") {
                return Err(if self.at_end() {
                    self.unclosed(start, "(", ")")
                } else {
                    self.unexpected("`)`")
                });
            }
            inner.span = self.span(start);
            return Ok(inner);
        }
        let word = self.operand_word()?;
        let end = self.at;
        if let [Part::Literal(literal)] = word.parts.as_slice()
            && literal
                .text
                .strip_prefix('-')
                .is_some_and(|letter| letter.len() == 1 && UNARY.contains(letter))
        {
            let operator = Name {
                span: literal.span,
                text: literal.text.clone(),
            };
            self.skip_blanks()?;
            let operand = self.operand_word()?;
            return Ok(Conditional {
                span: self.span(start),
                kind: ConditionalKind::Unary(operator, operand),
            });
        }
        self.skip_blanks()?;
        let Some(operator) = self.binary_operator() else {
            return Ok(Conditional {
                span: self.place.map(start, end),
                kind: ConditionalKind::Word(word),
            });
        };
        self.skip_blanks()?;
        let until = match &*operator.text {
            "=~" => Until::Regex,
            "=" | "==" | "!=" => Until::MetaPattern,
            _ => Until::Meta,
        };
        let right = self.word_until(until)?;
        if right.parts.is_empty() {
            return Err(self.unexpected("a word"));
        }
        Ok(Conditional {
            span: self.span(start),
            kind: ConditionalKind::Binary(word, operator, right),
        })
    }

    fn operand_word(&mut self) -> Result<Word> {
        if self.at_closing_brackets() {
            return Err(self.unexpected("a word"));
        }
        let word = self.word_until(Until::Meta)?;
        if word.parts.is_empty() {
            Err(self.unexpected("a word"))
        } else {
            Ok(word)
        }
    }

    fn binary_operator(&mut self) -> Option<Name> {
        let start = self.at;
        let operator = match self.peek() {
            b'<' | b'>' if self.peek_at(1) != b'(' => self.take_char(),
            _ => {
                let rest = self.rest();
                let length = rest
                    .bytes()
                    .position(|byte| CLASS[byte as usize] & (META | QUOTING) != 0)?;
                let operator = BINARY
                    .iter()
                    .find(|&&operator| operator == &rest[..length])?;
                self.at += length;
                operator
            }
        };
        Some(Name {
            span: self.span(start),
            text: operator.into(),
        })
    }

    fn at_closing_brackets(&self) -> bool {
        self.starts_with("]]") && CLASS[self.peek_at(2) as usize] & META != 0
            || self.starts_with("]]") && self.at + 2 >= self.text.len()
    }
}
