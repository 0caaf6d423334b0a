//! Redirects.

use super::cursor::{Cursor, NAME, Result};
use super::tree::{Descriptor, Name, Redirect, RedirectOperator, RedirectTarget};

impl Cursor<'_> {
    /// Parses the redirect that starts here, if one does.
    pub(super) fn redirect(&mut self) -> Result<Option<Redirect>> {
        let start = self.at;
        let descriptor = match self.peek() {
            b'<' | b'>' => Descriptor::Default,
            b'&' if self.is_bash() && self.peek_at(1) == b'>' => Descriptor::Default,
            b'0'..=b'9' => {
                let digits = self.take_while(NAME);
                if !self.at_redirect_operator() || digits.bytes().any(|byte| !byte.is_ascii_digit())
                {
                    self.at = start;
                    return Ok(None);
                }
                let Ok(number) = digits.parse() else {
                    return Err(self.error(start, self.at, "invalid file descriptor number"));
                };
                Descriptor::Number(number)
            }
            b'{' if self.is_bash() => {
                self.at += 1;
                let name = self.take_while(NAME);
                let name = Name {
                    span: self.span(start + 1),
                    text: name.into(),
                };
                if !super::is_name(&name.text) || !self.eat("}") || !self.at_redirect_operator() {
                    self.at = start;
                    return Ok(None);
                }
                Descriptor::Variable(name)
            }
            _ => return Ok(None),
        };
        if descriptor == Descriptor::Default && !self.at_redirect_operator() && self.peek() != b'&'
        {
            return Ok(None);
        }
        let operator_start = self.at;
        let (operator, text) = self.redirect_operator();
        self.at += text.len();
        self.skip_blanks()?;
        let target = if operator == RedirectOperator::HereDocument {
            RedirectTarget::HereDocument(Box::new(
                self.here_document(operator_start, text == "<<-")?,
            ))
        } else {
            let word = self.word()?;
            if word.parts.is_empty() {
                return Err(self.unexpected(&format!("a word after `{text}`")));
            }
            RedirectTarget::Word(word)
        };
        Ok(Some(Redirect {
            span: self.span(start),
            descriptor,
            operator,
            target,
        }))
    }

    /// Whether a `<` or `>` is here that does not start a process substitution.
    fn at_redirect_operator(&self) -> bool {
        matches!(self.peek(), b'<' | b'>') && self.peek_at(1) != b'('
    }

    fn redirect_operator(&self) -> (RedirectOperator, &'static str) {
        const OPERATORS: [(RedirectOperator, &str); 12] = [
            (RedirectOperator::HereString, "<<<"),
            (RedirectOperator::HereDocument, "<<-"),
            (RedirectOperator::HereDocument, "<<"),
            (RedirectOperator::DuplicateInput, "<&"),
            (RedirectOperator::ReadWrite, "<>"),
            (RedirectOperator::Read, "<"),
            (RedirectOperator::Append, ">>"),
            (RedirectOperator::DuplicateOutput, ">&"),
            (RedirectOperator::Clobber, ">|"),
            (RedirectOperator::Write, ">"),
            (RedirectOperator::AppendBoth, "&>>"),
            (RedirectOperator::WriteBoth, "&>"),
        ];
        // The caller has seen `<`, `>` or `&>`.
        *OPERATORS
            .iter()
            .find(|(_, text)| self.starts_with(text))
            .unwrap_or(&OPERATORS[5])
    }
}
