//! Compound commands: each parser starts at its reserved word and ends after the word that closes it.

use std::sync::Arc;

use super::cursor::{Cursor, NAME, Result};
use super::keyword::Keyword;
use super::tree::{
    ArithmeticFor, Case, CaseArm, CaseEnd, Command, CommandKind, For, Function, If, List, Loop,
    LoopKind, Name, Opaque, Part, Word,
};
use super::word::{Until, first_hole};

impl Cursor<'_> {
    /// Parses the command that the `keyword` here starts.
    pub(super) fn compound(&mut self, keyword: Keyword, length: usize) -> Result<Command> {
        let start = self.at;
        if !matches!(
            keyword,
            Keyword::If
                | Keyword::For
                | Keyword::While
                | Keyword::Until
                | Keyword::Case
                | Keyword::Select
                | Keyword::Function
                | Keyword::Coproc
                | Keyword::Open
                | Keyword::Conditional
        ) {
            return Err(self.unexpected(""));
        }
        self.at += length;
        let kind = match keyword {
            Keyword::If => self.if_command(start)?,
            Keyword::For => self.for_command(start)?,
            Keyword::While => self.loop_command(start, LoopKind::While)?,
            Keyword::Until => self.loop_command(start, LoopKind::Until)?,
            Keyword::Case => self.case_command(start)?,
            Keyword::Select => self.select_command(start)?,
            Keyword::Function => return self.function_command(start),
            Keyword::Coproc => self.coproc_command(start)?,
            Keyword::Conditional => CommandKind::Conditional(self.conditional(start)?),
            _ => CommandKind::Group(self.group(start)?),
        };
        self.redirected(start, kind)
    }

    /// `( .. )` or `(( .. ))`
    pub(super) fn parenthesized(&mut self) -> Result<Command> {
        let start = self.at;
        if self.is_bash() && self.peek_at(1) == b'(' && self.is_arithmetic(start)? {
            let arithmetic = self.parenthesized_arithmetic()?;
            return self.redirected(start, CommandKind::Arithmetic(arithmetic));
        }
        self.at += 1;
        let list = self.block()?;
        if !self.eat(")") {
            return Err(self.not_closed(start, "(", ")"));
        }
        self.redirected(start, CommandKind::Subshell(list))
    }

    /// Parses the redirects after a compound command.
    fn redirected(&mut self, start: usize, kind: CommandKind) -> Result<Command> {
        let mut redirects = Vec::new();
        let mut end = self.at;
        self.skip_blanks()?;
        while let Some(redirect) = self.redirect()? {
            redirects.push(redirect);
            end = self.at;
            self.skip_blanks()?;
        }
        Ok(Command {
            span: self.place.map(start, end),
            kind,
            redirects,
        })
    }

    fn not_closed(&self, start: usize, opening: &str, closing: &str) -> Box<super::SyntaxError> {
        if self.at_end() {
            self.unclosed(start, opening, closing)
        } else {
            self.unexpected(&format!("`{closing}`"))
        }
    }

    /// Consumes `closing`, which must be here; `opening` is at `start`.
    fn close(&mut self, start: usize, opening: Keyword, closing: Keyword) -> Result<()> {
        match self.keyword() {
            Some((keyword, length)) if keyword == closing => {
                self.at += length;
                Ok(())
            }
            _ => Err(self.not_closed(start, opening.text(), closing.text())),
        }
    }

    /// Parses the rest after `{`, including `}`.
    fn group(&mut self, start: usize) -> Result<List> {
        let list = self.block()?;
        self.close(start, Keyword::Open, Keyword::Close)?;
        Ok(list)
    }

    fn if_command(&mut self, start: usize) -> Result<CommandKind> {
        let mut arms = Vec::new();
        let mut otherwise = None;
        loop {
            let condition = self.block()?;
            self.close(start, Keyword::If, Keyword::Then)?;
            arms.push((condition, self.block()?));
            if self.eat_word("elif") {
                continue;
            }
            if self.eat_word("else") {
                otherwise = Some(self.block()?);
            }
            self.close(start, Keyword::If, Keyword::Fi)?;
            return Ok(CommandKind::If(If { arms, otherwise }));
        }
    }

    fn loop_command(&mut self, start: usize, kind: LoopKind) -> Result<CommandKind> {
        let opening = if kind == LoopKind::While {
            Keyword::While
        } else {
            Keyword::Until
        };
        let condition = self.block()?;
        self.close(start, opening, Keyword::Do)?;
        let body = self.block()?;
        self.close(start, opening, Keyword::Done)?;
        Ok(CommandKind::Loop(Loop {
            kind,
            condition,
            body,
        }))
    }

    fn for_command(&mut self, start: usize) -> Result<CommandKind> {
        self.skip_blanks()?;
        if self.starts_with("((") {
            let header = self.for_header()?;
            self.skip_blanks()?;
            self.eat(";");
            let body = self.for_body(start, Keyword::For)?;
            return Ok(CommandKind::ArithmeticFor(ArithmeticFor { header, body }));
        }
        let variable = self.loop_variable()?;
        let words = self.loop_words()?;
        let body = self.for_body(start, Keyword::For)?;
        Ok(CommandKind::For(For {
            variable,
            words,
            body,
        }))
    }

    fn loop_variable(&mut self) -> Result<Name> {
        let start = self.at;
        let text = self.take_while(NAME);
        if !super::is_name(text) || self.hole().is_some() || !self.ends_word(0) {
            self.at = start;
            return Err(self.unexpected("the name of a variable"));
        }
        Ok(Name {
            span: self.span(start),
            text: text.into(),
        })
    }

    /// Parses `in words`, including the `;` or newline after it; or nothing, or a `;`.
    fn loop_words(&mut self) -> Result<Option<Vec<Word>>> {
        self.skip_blanks()?;
        if self.peek() == b';' && self.peek_at(1) != b';' {
            self.at += 1;
            return Ok(None);
        }
        self.skip_lines()?;
        if !self.eat_word("in") {
            return Ok(None);
        }
        let mut words = Vec::new();
        loop {
            self.skip_blanks()?;
            let word = self.word()?;
            if word.parts.is_empty() {
                break;
            }
            words.push(word);
        }
        match (self.peek(), self.peek_at(1)) {
            (b'\n', _) => {}
            (b';', next) if !matches!(next, b';' | b'&') => self.at += 1,
            _ => return Err(self.unexpected("`;` or a newline after the words of the loop")),
        }
        Ok(Some(words))
    }

    /// Parses `do .. done`, or bash's `{ .. }`.
    fn for_body(&mut self, start: usize, opening: Keyword) -> Result<List> {
        self.skip_lines()?;
        if self.eat_word("{") {
            return self.group(start);
        }
        self.close(start, opening, Keyword::Do)?;
        let body = self.block()?;
        self.close(start, opening, Keyword::Done)?;
        Ok(body)
    }

    fn select_command(&mut self, start: usize) -> Result<CommandKind> {
        let keyword = Name {
            span: self.span(start),
            text: Keyword::Select.text().into(),
        };
        self.skip_blanks()?;
        let variable = Some(self.loop_variable()?);
        let words = self.loop_words()?.unwrap_or_default();
        let from = self.at;
        let body = self.for_body(start, Keyword::Select)?;
        let body = Command {
            span: self.span(from),
            kind: CommandKind::Group(body),
            redirects: Vec::new(),
        };
        Ok(CommandKind::Opaque(Opaque {
            keyword,
            variable,
            words,
            body: Box::new(body),
        }))
    }

    fn coproc_command(&mut self, start: usize) -> Result<CommandKind> {
        let keyword = Name {
            span: self.span(start),
            text: Keyword::Coproc.text().into(),
        };
        self.skip_blanks()?;
        let variable = self.coproc_name()?;
        self.enter()?;
        let body = self.command()?;
        self.depth -= 1;
        Ok(CommandKind::Opaque(Opaque {
            keyword,
            variable,
            words: Vec::new(),
            body: Box::new(body),
        }))
    }

    /// Parses a name, which is one only before a compound command.
    fn coproc_name(&mut self) -> Result<Option<Name>> {
        let start = self.at;
        let text = self.take_while(NAME);
        let name = Name {
            span: self.span(start),
            text: text.into(),
        };
        if super::is_name(text) {
            self.skip_blanks()?;
            let is_compound = self.peek() == b'('
                || self
                    .keyword()
                    .is_some_and(|(keyword, _)| !keyword.ends_list());
            if is_compound && !self.starts_with("()") {
                return Ok(Some(name));
            }
        }
        self.at = start;
        Ok(None)
    }

    fn case_command(&mut self, start: usize) -> Result<CommandKind> {
        self.skip_blanks()?;
        let subject = self.word_until(Until::Meta)?;
        if subject.parts.is_empty() {
            return Err(self.unexpected("a word after `case`"));
        }
        self.skip_lines()?;
        if !self.eat_word("in") {
            return Err(self.not_closed(start, "case", "in"));
        }
        let mut arms = Vec::new();
        loop {
            self.skip_lines()?;
            if self.eat_word("esac") {
                return Ok(CommandKind::Case(Case { subject, arms }));
            }
            if self.at_end() {
                return Err(self.unclosed(start, "case", "esac"));
            }
            let (arm, is_last) = self.case_arm()?;
            arms.push(arm);
            if is_last {
                self.close(start, Keyword::Case, Keyword::Esac)?;
                return Ok(CommandKind::Case(Case { subject, arms }));
            }
        }
    }

    /// Parses an arm, and returns whether only `esac` may follow.
    fn case_arm(&mut self) -> Result<(CaseArm, bool)> {
        let start = self.at;
        if self.eat("(") {
            self.skip_blanks()?;
        }
        let mut patterns = Vec::new();
        loop {
            let pattern = self.word_until(Until::Meta)?;
            if pattern.parts.is_empty() {
                return Err(self.unexpected("a pattern"));
            }
            patterns.push(pattern);
            self.skip_blanks()?;
            if self.eat(")") {
                break;
            }
            if !self.eat("|") {
                return Err(self.unexpected("`|` or `)` after a pattern"));
            }
            self.skip_blanks()?;
        }
        let body = self.deeper(Self::list)?;
        let span = self.place.map(start, start + 1).to(body.span);
        let (end, is_last) = if self.eat(";;&") {
            (CaseEnd::TestNext, false)
        } else if self.eat(";;") {
            (CaseEnd::Break, false)
        } else if self.eat(";&") {
            (CaseEnd::FallThrough, false)
        } else {
            (CaseEnd::Break, true)
        };
        Ok((
            CaseArm {
                span,
                patterns,
                body,
                end,
            },
            is_last,
        ))
    }

    /// Parses `function name [()] body` after the reserved word.
    fn function_command(&mut self, start: usize) -> Result<Command> {
        self.skip_blanks()?;
        let word = self.word_until(Until::Meta)?;
        let name = self.function_name(&word)?;
        self.skip_blanks()?;
        if self.peek() == b'(' {
            let from = self.at;
            self.at += 1;
            self.skip_blanks()?;
            if !self.eat(")") {
                // `function f ( .. )`: the body is a subshell.
                self.at = from;
            }
        }
        self.function_body(start, name)
    }

    /// Parses `name ()` from its parenthesis.
    pub(super) fn function_behind(&mut self, start: usize, word: &Word) -> Result<Command> {
        let parenthesis = self.at;
        self.at += 1;
        self.skip_blanks()?;
        if !self.eat(")") {
            self.at = parenthesis;
            return Err(self.unexpected(""));
        }
        let name = self.function_name(word)?;
        self.function_body(start, name)
    }

    fn function_name(&self, word: &Word) -> Result<Name> {
        match word.parts.as_slice() {
            [Part::Literal(literal)] => Ok(Name {
                span: literal.span,
                text: literal.text.clone(),
            }),
            parts => {
                let mut error = self.error(
                    self.at,
                    self.at,
                    "the name of a function must be plain text",
                );
                error.span = first_hole(parts).map_or(word.span, |(span, _)| span);
                Err(error)
            }
        }
    }

    fn function_body(&mut self, start: usize, name: Name) -> Result<Command> {
        self.skip_lines()?;
        self.enter()?;
        let body = self.command()?;
        self.depth -= 1;
        if self.is_bash() && matches!(body.kind, CommandKind::Simple(_) | CommandKind::Function(_))
        {
            let mut error = self.error(
                start,
                self.at,
                "in bash the body of a function is a compound command",
            );
            error.help = Some("put the body in `{ ..; }`".into());
            return Err(error);
        }
        let kind = CommandKind::Function(Function {
            name,
            body: Arc::new(body),
        });
        let span = self.span(start);
        Ok(Command {
            span,
            kind,
            redirects: Vec::new(),
        })
    }
}
