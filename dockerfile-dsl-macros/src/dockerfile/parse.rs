//! The grammar of `dockerfile!`.
//!
//! In: tokens. Out: a [`Template`] and every mistake that was found, each at its token. After a mistake the next
//! instruction word is looked for, so that one compile shows them all.

mod instruction;

use proc_macro::{Delimiter, Ident, Span, TokenStream, TokenTree};

use crate::errors::{Errors, Mistake};
use crate::literal::StringLiteral;

use super::cursor::{Cursor, is_punct};
use super::tree::{Base, Binding, Control, Node, Stage, Template};
use super::words::{self, INSTRUCTIONS};

pub(super) type Result<T> = std::result::Result<T, Mistake>;

/// Reads a template. The tree holds what could be read; it is whole if there is no error.
pub(crate) fn parse(tokens: TokenStream) -> (Template, Errors) {
    let mut parser = Parser {
        errors: Errors::default(),
    };
    let mut cursor = Cursor::new(tokens, Span::call_site());
    let template = parser.template(&mut cursor);
    (template, parser.errors)
}

struct Parser {
    errors: Errors,
}

impl Parser {
    fn template(&mut self, cursor: &mut Cursor) -> Template {
        let mut template = Template::default();
        while let Some(word) = cursor.peek_ident().cloned()
            && !cursor.is_word("FROM")
        {
            if !cursor.is_word("ARG") {
                self.errors.add(misplaced(&word));
                cursor.next();
                skip(cursor);
                continue;
            }
            cursor.next();
            match self.instruction(cursor, word) {
                Ok(instruction) => template.globals.push(instruction),
                Err(error) => self.recover(cursor, error),
            }
        }
        while cursor.is_word("FROM") {
            match self.stage(cursor) {
                Ok(stage) => template.stages.push(stage),
                Err(error) => {
                    self.recover(cursor, error);
                    // What follows belongs to the stage that could not be read: look at it for more mistakes.
                    self.nodes(cursor);
                }
            }
        }
        if cursor.is_word("TARGETS") {
            cursor.next();
            if let Err(error) = targets(cursor, &mut template.targets) {
                self.errors.add(error);
            }
        }
        if !cursor.is_empty() {
            self.errors.add(cursor.error("expected `FROM`"));
        } else if template.stages.is_empty() && self.errors.is_empty() {
            self.errors
                .add(cursor.error("a template needs a stage: start one with `FROM \"image\"`"));
        }
        self.twice(&template);
        template
    }

    fn recover(&mut self, cursor: &mut Cursor, error: Mistake) {
        self.errors.add(error);
        skip(cursor);
    }

    fn stage(&mut self, cursor: &mut Cursor) -> Result<Stage> {
        let from = cursor.span();
        cursor.next();
        let mut flags = Vec::new();
        self.flags(cursor, "FROM", &mut flags)?;
        let base = base(cursor)?;
        let binding = if cursor.is_word("AS") {
            cursor.next();
            Some(binding(cursor)?)
        } else {
            None
        };
        let body = self.nodes(cursor);
        Ok(Stage {
            from,
            flags,
            base,
            binding,
            body,
        })
    }

    /// Instructions and control flow, up to the next FROM, TARGETS or the end.
    fn nodes(&mut self, cursor: &mut Cursor) -> Vec<Node> {
        let mut nodes = Vec::new();
        while !cursor.is_empty() && !cursor.is_word("FROM") && !cursor.is_word("TARGETS") {
            match self.node(cursor) {
                Ok(node) => nodes.push(node),
                Err(error) => self.recover(cursor, error),
            }
        }
        nodes
    }

    fn body(&mut self, cursor: &mut Cursor) -> Result<Vec<Node>> {
        let Some(group) = cursor.take_group(Delimiter::Brace) else {
            return Err(cursor.error("expected `{`"));
        };
        let mut inside = Cursor::inside(&group);
        let mut nodes = Vec::new();
        loop {
            nodes.extend(self.nodes(&mut inside));
            if inside.is_empty() {
                return Ok(nodes);
            }
            // Only FROM and TARGETS stop `nodes` before the end.
            self.errors.add(inside.error(
                "a stage starts at the top level only; make one in a loop with `Stage::from_image(..)` and use it as `FROM (expr)` or `--from=(expr)`",
            ));
            inside.next();
            skip(&mut inside);
        }
    }

    fn node(&mut self, cursor: &mut Cursor) -> Result<Node> {
        if cursor.is_double('.') {
            return splice(cursor);
        }
        let Some(word) = cursor.peek_ident().cloned() else {
            return Err(
                cursor.error("expected an instruction, `if`, `for`, `match` or `..fragment()`")
            );
        };
        match word.to_string().as_str() {
            "if" => self.conditional(cursor).map(Node::Control),
            "for" => {
                let head = cursor.take_until(before_body);
                Ok(Node::Control(Control::For(head, self.body(cursor)?)))
            }
            "match" => {
                let head = cursor.take_until(before_body);
                let Some(group) = cursor.take_group(Delimiter::Brace) else {
                    return Err(cursor.error("expected `{`"));
                };
                self.arms(&mut Cursor::inside(&group))
                    .map(|arms| Node::Control(Control::Match(head, arms)))
            }
            name if INSTRUCTIONS.contains(&name) => {
                cursor.next();
                self.instruction(cursor, word).map(Node::Instruction)
            }
            _ => {
                let error = words::unknown_instruction(&word);
                cursor.next();
                Err(error)
            }
        }
    }

    fn conditional(&mut self, cursor: &mut Cursor) -> Result<Control> {
        let mut arms = Vec::new();
        loop {
            let head = cursor.take_until(before_body);
            arms.push((head, self.body(cursor)?));
            if !cursor.is_word("else") {
                return Ok(Control::If(arms));
            }
        }
    }

    fn arms(&mut self, cursor: &mut Cursor) -> Result<Vec<(TokenStream, Vec<Node>)>> {
        let mut arms = Vec::new();
        while !cursor.is_empty() {
            let pattern = cursor
                .take_until(|cursor| cursor.is_punct('=') && is_punct(cursor.peek_second(), '>'));
            if cursor.is_empty() {
                return Err(cursor.error("expected `=>`"));
            }
            cursor.next();
            cursor.next();
            arms.push((pattern, self.body(cursor)?));
            cursor.take_punct(',');
        }
        Ok(arms)
    }

    /// CMD, ENTRYPOINT and HEALTHCHECK count once in a stage: the last wins, the others are mistakes.
    fn twice(&mut self, template: &Template) {
        for stage in &template.stages {
            let mut seen: Vec<String> = Vec::new();
            for node in &stage.body {
                let Node::Instruction(instruction) = node else {
                    continue;
                };
                let name = instruction.keyword.to_string();
                if !["CMD", "ENTRYPOINT", "HEALTHCHECK"].contains(&name.as_str()) {
                    continue;
                }
                if seen.contains(&name) {
                    self.errors.add(Mistake::new(
                        instruction.keyword.span(),
                        format!("{name} stands twice in this stage; only the last one would count"),
                    ));
                } else {
                    seen.push(name);
                }
            }
        }
    }
}

/// Goes on to the next instruction word.
fn skip(cursor: &mut Cursor) {
    while !cursor.is_empty() && !at_instruction(cursor) {
        cursor.next();
    }
}

pub(super) fn at_instruction(cursor: &Cursor) -> bool {
    cursor.is_double('.')
        || cursor.peek_ident().is_some_and(|word| {
            // `USER = "x"` after ENV is a pair, `--from=COPY` a value.
            !is_punct(cursor.peek_second(), '=') && words::starts_node(&word.to_string())
        })
}

fn before_body(cursor: &Cursor) -> bool {
    matches!(cursor.peek(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace)
}

fn misplaced(word: &Ident) -> Mistake {
    if words::is_instruction(word) {
        Mistake::new(
            word.span(),
            format!("only ARG may stand before the first FROM, not {word}"),
        )
    } else {
        words::unknown_instruction(word)
    }
}

fn base(cursor: &mut Cursor) -> Result<Base> {
    if let Some(image) = cursor.take_string() {
        return Ok(Base::Image(image));
    }
    if let Some(group) = cursor.take_group(Delimiter::Parenthesis) {
        return Ok(Base::Expression(group.stream(), group.span()));
    }
    match cursor.peek_ident().cloned() {
        Some(word) if cursor.is_word("scratch") => {
            cursor.next();
            Ok(Base::Scratch(word.span()))
        }
        Some(word) if !words::is_instruction(&word) && !cursor.is_word("AS") => {
            cursor.next();
            Ok(Base::Stage(word))
        }
        _ => Err(cursor.error("FROM needs an image: `FROM \"debian\"`, an earlier stage: `FROM build`, or `FROM scratch`")),
    }
}

fn binding(cursor: &mut Cursor) -> Result<Binding> {
    let Some(ident) = cursor.take_ident() else {
        return Err(match cursor.take_string() {
            Some(name) => Mistake::new(
                name.token.span(),
                "AS needs a name to bind: `AS build`, or `AS build = \"name-in-the-file\"`",
            ),
            None => cursor.error("AS needs a name: `AS build`"),
        });
    };
    if !cursor.take_punct('=') {
        let name = StringLiteral::spelled(
            &ident.to_string().trim_start_matches("r#").replace('_', "-"),
            ident.span(),
        );
        return Ok(Binding { ident, name });
    }
    match cursor.take_string() {
        Some(name) => Ok(Binding { ident, name }),
        None => Err(cursor.error("expected the stage's name in quotes")),
    }
}

fn targets(cursor: &mut Cursor, targets: &mut Vec<Ident>) -> Result<()> {
    loop {
        targets.push(
            cursor
                .take_ident()
                .ok_or_else(|| cursor.error("TARGETS needs stages: `TARGETS test, app`"))?,
        );
        if !cursor.take_punct(',') {
            return Ok(());
        }
    }
}

fn splice(cursor: &mut Cursor) -> Result<Node> {
    let span = cursor.span();
    cursor.next();
    cursor.next();
    let path = cursor.take_until(|cursor| {
        matches!(cursor.peek(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis) || at_instruction(cursor)
    });
    let Some(group) = cursor.take_group(Delimiter::Parenthesis) else {
        return Err(Mistake::new(
            span,
            "expected a call: `..fragment()`; the function gets the stage as its first argument",
        ));
    };
    let question_mark = cursor
        .is_punct('?')
        .then(|| cursor.next().into_iter().collect());
    Ok(Node::Splice {
        path,
        arguments: group.stream(),
        question_mark,
        span,
    })
}
