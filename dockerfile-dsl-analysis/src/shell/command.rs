//! The grammar down to the simple command: lists, `&&` and `||`, pipelines, assignments, words.
//!
//! One file, because each level of the grammar is one function that calls the next.

use super::Script;
use super::cursor::{BLANK, CLASS, Cursor, META, NAME, Result};
use super::keyword::Keyword;
use super::tree::{
    AndOr, Array, Assignment, AssignmentOperator, Command, CommandKind, Connector, Element, Item,
    List, Literal, Name, Part, Pipe, Pipeline, Redirect, Simple, Terminator, Word,
};
use super::word::Until;

/// Builtins that take `name=(..)` as an argument.
const DECLARATIONS: &[&str] = &["declare", "typeset", "local", "export", "readonly"];

impl Cursor<'_> {
    pub(super) fn script(mut self) -> Result<Script> {
        Ok(Script {
            list: self.whole()?,
        })
    }

    /// Parses the whole text. A text with here-documents is parsed twice: see [`super::heredoc`].
    pub(super) fn whole(&mut self) -> Result<List> {
        let list = self.until_end()?;
        if self.bodies.is_empty() {
            return Ok(list);
        }
        self.begin_again();
        self.until_end()
    }

    /// Returns to the start, for another pass over the text.
    pub(super) fn begin_again(&mut self) {
        self.seek(0);
        self.pending.clear();
    }

    fn until_end(&mut self) -> Result<List> {
        let list = self.list()?;
        self.at_its_end()?;
        Ok(list)
    }

    pub(super) fn at_its_end(&self) -> Result<()> {
        if self.at_end() {
            Ok(())
        } else {
            Err(self.unexpected(""))
        }
    }

    /// Parses commands up to the terminator of a list, which is not consumed.
    pub(super) fn list(&mut self) -> Result<List> {
        let mut items: Vec<Item> = Vec::new();
        while let Some((item, goes_on)) = self.item()? {
            items.push(item);
            if !goes_on {
                break;
            }
        }
        items.shrink_to_fit();
        let span = match (items.first(), items.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => self.span(self.at),
        };
        Ok(List { span, items })
    }

    /// Parses the next element of a list, with whether another one may follow. `None` at the end of the list.
    pub(super) fn item(&mut self) -> Result<Option<(Item, bool)>> {
        self.skip_lines()?;
        if self.at_list_end() {
            return Ok(None);
        }
        let and_or = self.and_or()?;
        self.skip_blanks()?;
        let (terminator, goes_on) = match (self.peek(), self.peek_at(1)) {
            (b';', b';' | b'&') => (Terminator::Sequential, false),
            (b';', _) => {
                self.at += 1;
                (Terminator::Sequential, true)
            }
            (b'&', next) if next != b'&' => {
                self.at += 1;
                (Terminator::Background, true)
            }
            (b'\n', _) => (Terminator::Sequential, true),
            _ => (Terminator::Sequential, false),
        };
        let item = Item {
            span: and_or.span,
            and_or,
            terminator,
        };
        Ok(Some((item, goes_on)))
    }

    fn at_list_end(&self) -> bool {
        match self.peek() {
            0 => self.at_end(),
            b')' => true,
            b';' => matches!(self.peek_at(1), b';' | b'&'),
            _ => self
                .keyword()
                .is_some_and(|(keyword, _)| keyword.ends_list()),
        }
    }

    /// Parses a nested list with at least one command.
    pub(super) fn block(&mut self) -> Result<List> {
        let list = self.deeper(Self::list)?;
        if list.items.is_empty() {
            Err(self.unexpected("a command"))
        } else {
            Ok(list)
        }
    }

    /// The inside of a substitution that was opened by `opening` at `start`, up to and with its `)`.
    pub(super) fn substituted_list(&mut self, start: usize, opening: &str) -> Result<List> {
        let outside = std::mem::take(&mut self.pending);
        self.held += outside.len();
        let list = self.deeper(Self::list)?;
        if !self.pending.is_empty() {
            return Err(self.here_document_waits(self.at));
        }
        self.held -= outside.len();
        self.pending = outside;
        if self.at_end() {
            return Err(self.unclosed(start, opening, ")"));
        }
        if !self.eat(")") {
            return Err(self.unexpected("`)`"));
        }
        Ok(list)
    }

    fn and_or(&mut self) -> Result<AndOr> {
        let first = self.pipeline()?;
        let mut span = first.span;
        let mut rest = Vec::new();
        loop {
            self.skip_blanks()?;
            let connector = if self.eat("&&") {
                Connector::And
            } else if self.eat("||") {
                Connector::Or
            } else {
                return Ok(AndOr { span, first, rest });
            };
            self.skip_lines()?;
            let pipeline = self.pipeline()?;
            span = span.to(pipeline.span);
            rest.push((connector, pipeline));
        }
    }

    fn pipeline(&mut self) -> Result<Pipeline> {
        let start = self.at;
        let mut end = start;
        let mut pipeline = Pipeline {
            span: self.span(start),
            negated: false,
            timed: false,
            // Most have one command, and a vector that grows has room for four.
            commands: Vec::with_capacity(1),
            pipes: Vec::new(),
        };
        while let Some((keyword @ (Keyword::Not | Keyword::Time), length)) = self.keyword() {
            self.at += length;
            end = self.at;
            self.skip_blanks()?;
            if keyword == Keyword::Not {
                pipeline.negated = !pipeline.negated;
            } else {
                pipeline.timed = true;
                if self.starts_with("-p") && CLASS[self.peek_at(2) as usize] & META != 0 {
                    self.at += 2;
                    end = self.at;
                    self.skip_blanks()?;
                }
            }
        }
        // bash accepts a lone `!` or `time`.
        if end > start
            && self.is_bash()
            && (self.at_end() || self.peek() == b'\n' || self.peek() == b';' && !self.at_list_end())
        {
            pipeline.span = self.place.map(start, end);
            return Ok(pipeline);
        }
        loop {
            let command = self.command()?;
            pipeline.span = if pipeline.commands.is_empty() {
                self.place.map(start, end.max(start)).to(command.span)
            } else {
                pipeline.span.to(command.span)
            };
            pipeline.commands.push(command);
            self.skip_blanks()?;
            if self.starts_with("||") || !self.eat("|") {
                return Ok(pipeline);
            }
            pipeline.pipes.push(if self.eat("&") {
                Pipe::OutputAndError
            } else {
                Pipe::Output
            });
            self.skip_lines()?;
        }
    }

    pub(super) fn command(&mut self) -> Result<Command> {
        match self.keyword() {
            Some((Keyword::Time, _)) if self.is_bash() => self.timed_command(),
            Some((keyword, length)) => self.compound(keyword, length),
            None => match self.peek() {
                b'(' => self.parenthesized(),
                _ => self.simple(),
            },
        }
    }

    /// bash accepts `time` after a `|`, too; there it applies to the rest of the pipeline.
    fn timed_command(&mut self) -> Result<Command> {
        let start = self.at;
        self.enter()?;
        let pipeline = self.pipeline()?;
        self.depth -= 1;
        let span = pipeline.span;
        let and_or = AndOr {
            span,
            first: pipeline,
            rest: Vec::new(),
        };
        let list = List {
            span,
            items: vec![Item {
                span,
                and_or,
                terminator: Terminator::Sequential,
            }],
        };
        Ok(Command {
            span: self.span(start),
            kind: CommandKind::Group(list),
            redirects: Vec::new(),
        })
    }

    fn simple(&mut self) -> Result<Command> {
        let start = self.at;
        let mut end = start;
        let mut simple = Simple::default();
        let mut redirects: Vec<Redirect> = Vec::new();
        loop {
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
            } else if self.peek() == b'('
                && redirects.is_empty()
                && simple.assignments.is_empty()
                && simple.words.len() == 1
            {
                return self.function_behind(start, &simple.words[0]);
            } else if simple.words.is_empty()
                && let Some(assignment) = self.assignment()?
            {
                simple.assignments.push(assignment);
            } else {
                let word = self.argument(&simple.words)?;
                if word.parts.is_empty() {
                    break;
                }
                simple.words.push(word);
            }
            end = self.at;
            self.skip_blanks()?;
        }
        if end == start {
            return Err(self.unexpected("a command"));
        }
        self.note_extended_globs(&simple.words);
        simple.words.shrink_to_fit();
        Ok(Command {
            span: self.place.map(start, end),
            kind: CommandKind::Simple(simple),
            redirects,
        })
    }

    /// Parses the command's name or an argument; empty if there is none.
    fn argument(&mut self, before: &[Word]) -> Result<Word> {
        let start = self.at;
        let mut word = self.word()?;
        if matches!(self.peek(), b'<' | b'>') && may_be_number(&word) {
            let mut error = self.error(
                start,
                self.at,
                "here a value could become the number of a file descriptor",
            );
            error.help = Some("put a blank before the redirect".into());
            return Err(error);
        }
        if before.is_empty() && may_be_assignment(&word) {
            return Err(self.error(start, self.at, "a value cannot be the name of a variable"));
        }
        if self.peek() == b'('
            && let Some(Part::Literal(last)) = word.parts.last()
            && last.text.ends_with('=')
            && before
                .first()
                .and_then(Word::literal)
                .is_some_and(|name| DECLARATIONS.contains(&&*name))
        {
            word.parts.push(self.array()?);
            word.span = self.span(start);
        }
        Ok(word)
    }

    /// Parses `name=value`, if one starts here.
    fn assignment(&mut self) -> Result<Option<Assignment>> {
        let start = self.at;
        let first = self.peek();
        if CLASS[first as usize] & NAME == 0 || first.is_ascii_digit() {
            return Ok(None);
        }
        let name = self.take_while(NAME);
        let name = Name {
            span: self.span(start),
            text: name.into(),
        };
        let mut subscript = None;
        if self.is_bash() && self.peek() == b'[' && self.subscript_is_assigned()? {
            subscript = Some(self.bracketed_subscript(start)?);
        }
        let operator = if self.eat("=") {
            AssignmentOperator::Set
        } else if self.is_bash() && self.eat("+=") {
            AssignmentOperator::Append
        } else if subscript.is_some() {
            return Err(self.unexpected("`=`"));
        } else {
            self.at = start;
            return Ok(None);
        };
        let value = if self.peek() == b'(' {
            let from = self.at;
            let array = self.array()?;
            if !self.at_end() && !self.is(META) {
                return Err(self.unexpected("a blank after the array"));
            }
            Word {
                span: self.span(from),
                parts: vec![array],
            }
        } else {
            self.word_until(Until::Meta)?
        };
        Ok(Some(Assignment {
            span: self.span(start),
            name,
            subscript,
            operator,
            value,
        }))
    }

    /// Whether the `[` here is closed and followed by `=` or `+=`. As in bash, the `[` must be closed in any case.
    fn subscript_is_assigned(&mut self) -> Result<bool> {
        let bytes = self.rest().as_bytes();
        let mut nesting = 0_usize;
        let mut quote = 0;
        let mut at = 0;
        let mut is_plain = true;
        while at < bytes.len() {
            match bytes[at] {
                b'\\' => at += 1,
                byte if quote != 0 => quote = if byte == quote { 0 } else { quote },
                byte @ (b'\'' | b'"') => quote = byte,
                b'[' => nesting += 1,
                b']' => nesting -= 1,
                byte => is_plain &= CLASS[byte as usize] & META == 0,
            }
            at += 1;
            if nesting == 0 {
                break;
            }
        }
        if at > self.lookahead {
            return Err(self.error(
                self.at,
                self.at + 1,
                "there are too many `[` around here whose end is not clear",
            ));
        }
        self.lookahead -= at.min(bytes.len());
        let rest = bytes.get(at..).unwrap_or_default();
        let is_assigned = nesting == 0 && (rest.starts_with(b"=") || rest.starts_with(b"+="));
        // A value may hide the end: then the word parser decides.
        let ends_at_hole = nesting > 0 && self.at + bytes.len() < self.text.len();
        if is_assigned || (is_plain && nesting == 0) || ends_at_hole {
            return Ok(is_assigned);
        }
        let mut error = self.unclosed(self.at, "[", "]");
        error.help =
            Some("put a blank before the `[` if it is a test, quote it if it is text".into());
        Err(error)
    }

    /// Parses `(a b [2]=c)` from its first parenthesis.
    fn array(&mut self) -> Result<Part> {
        let start = self.at;
        self.at += 1;
        self.enter()?;
        let mut elements = Vec::new();
        loop {
            self.skip_lines()?;
            let from = self.at;
            if self.eat(")") {
                break;
            }
            if self.at_end() {
                return Err(self.unclosed(start, "(", ")"));
            }
            let mut element = Element {
                span: self.span(from),
                subscript: None,
                operator: AssignmentOperator::Set,
                value: Word::default(),
            };
            if self.peek() == b'[' && self.subscript_is_assigned()? {
                element.subscript = Some(self.bracketed_subscript(from)?);
                if self.eat("+=") {
                    element.operator = AssignmentOperator::Append;
                } else if !self.eat("=") {
                    return Err(self.unexpected("`=`"));
                }
                element.value = self.word_until(Until::Meta)?;
            } else {
                element.value = self.word()?;
                if element.value.parts.is_empty() {
                    return Err(self.unexpected("an element of the array or `)`"));
                }
            }
            element.span = self.span(from);
            elements.push(element);
        }
        self.depth -= 1;
        Ok(Part::Array(Box::new(Array {
            span: self.span(start),
            elements,
        })))
    }

    /// bash accepts extended globs after `shopt -s extglob`.
    fn note_extended_globs(&mut self, words: &[Word]) {
        let is = |word: &Word, text: &str| word.literal().is_some_and(|literal| literal == text);
        if self.is_bash()
            && words.len() > 2
            && is(&words[0], "shopt")
            && words[1..].iter().any(|word| is(word, "extglob"))
        {
            self.extended_globs = true;
        }
    }

    /// Skips blanks, line continuations and a comment.
    pub(super) fn skip_blanks(&mut self) -> Result<()> {
        loop {
            self.take_while(BLANK);
            match self.peek() {
                b'\\' if self.peek_at(1) == b'\n' => self.at += 2,
                b'#' => {
                    if let Some(hole) = self.skip_comment() {
                        return Err(self.error(
                            hole.start,
                            hole.end,
                            "a comment cannot contain a value",
                        ));
                    }
                }
                _ => return Ok(()),
            }
        }
    }

    /// Skips blanks and newlines, including the bodies of here-documents after them.
    pub(super) fn skip_lines(&mut self) -> Result<()> {
        loop {
            self.skip_blanks()?;
            if self.peek() != b'\n' {
                return Ok(());
            }
            self.newline()?;
        }
    }
}

/// Whether the word's value may be all digits because of a hole or a line continuation in it.
fn may_be_number(word: &Word) -> bool {
    !word.parts.is_empty()
        && word.parts.iter().all(|part| match part {
            Part::Hole(_) => true,
            Part::Literal(Literal { text, .. }) => text.bytes().all(|byte| byte.is_ascii_digit()),
            _ => false,
        })
}

/// Whether a hole could be the name in `name=value`.
fn may_be_assignment(word: &Word) -> bool {
    let mut has_hole = false;
    for part in &word.parts {
        match part {
            Part::Hole(_) => has_hole = true,
            Part::Literal(literal) => {
                let name = literal
                    .text
                    .bytes()
                    .take_while(|&byte| CLASS[byte as usize] & NAME != 0)
                    .count();
                match literal.text.as_bytes().get(name) {
                    None => {}
                    Some(b'=' | b'+' | b'[') => return has_hole,
                    Some(_) => return false,
                }
            }
            _ => return false,
        }
    }
    false
}
