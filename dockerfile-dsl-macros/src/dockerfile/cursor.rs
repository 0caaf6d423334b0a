//! The tokens of a template, to be taken one after the other.
//! In: a token stream. Out: tokens, or an error at the token that is in the way. Never panics at the end.

use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

use crate::errors::Mistake;
use crate::literal::StringLiteral;

use super::words::starts_node;

pub(crate) struct Cursor {
    tokens: Vec<TokenTree>,
    at: usize,
    /// The span that an error gets when the tokens have run out.
    end: Span,
}

impl Cursor {
    pub(crate) fn new(tokens: TokenStream, end: Span) -> Self {
        Self {
            tokens: tokens.into_iter().collect(),
            at: 0,
            end,
        }
    }

    pub(crate) fn inside(group: &Group) -> Self {
        Self::new(group.stream(), group.span_close())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.at == self.tokens.len()
    }

    pub(crate) fn peek(&self) -> Option<&TokenTree> {
        self.tokens.get(self.at)
    }

    pub(crate) fn peek_second(&self) -> Option<&TokenTree> {
        self.tokens.get(self.at + 1)
    }

    pub(crate) fn next(&mut self) -> Option<TokenTree> {
        let token = self.tokens.get(self.at).cloned();
        self.at += usize::from(token.is_some());
        token
    }

    /// The span of the next token, or of the end.
    pub(crate) fn span(&self) -> Span {
        self.peek().map_or(self.end, TokenTree::span)
    }

    /// At the token that is in the way; where something is missing, because the end or the next instruction is there, at the
    /// token before.
    pub(crate) fn error(&self, message: impl Into<String>) -> Mistake {
        let is_missing = self.is_empty()
            || self
                .peek_ident()
                .is_some_and(|word| starts_node(&word.to_string()));
        let before = self
            .at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map(TokenTree::span);
        let span = if is_missing {
            before.unwrap_or_else(|| self.span())
        } else {
            self.span()
        };
        Mistake::new(span, message)
    }

    pub(crate) fn is_punct(&self, punct: char) -> bool {
        is_punct(self.peek(), punct)
    }

    pub(crate) fn is_double(&self, punct: char) -> bool {
        self.is_punct(punct) && is_punct(self.peek_second(), punct)
    }

    pub(crate) fn take_punct(&mut self, punct: char) -> bool {
        let found = self.is_punct(punct);
        self.at += usize::from(found);
        found
    }

    pub(crate) fn peek_ident(&self) -> Option<&Ident> {
        match self.peek() {
            Some(TokenTree::Ident(ident)) => Some(ident),
            _ => None,
        }
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.peek_ident()
            .is_some_and(|ident| ident.to_string() == word)
    }

    pub(crate) fn take_ident(&mut self) -> Option<Ident> {
        let ident = self.peek_ident()?.clone();
        self.at += 1;
        Some(ident)
    }

    pub(crate) fn take_group(&mut self, delimiter: Delimiter) -> Option<Group> {
        match self.peek() {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => {
                let group = group.clone();
                self.at += 1;
                Some(group)
            }
            _ => None,
        }
    }

    /// A string literal, also one that a `macro_rules!` passed on.
    pub(crate) fn take_string(&mut self) -> Option<StringLiteral> {
        let literal = StringLiteral::read(self.peek()?, "").ok()?;
        self.at += 1;
        Some(literal)
    }

    /// A number, as it is written: `0755`, `5s`, `1.5h`.
    pub(crate) fn take_number(&mut self) -> Option<StringLiteral> {
        match self.peek() {
            Some(TokenTree::Literal(literal)) => {
                let text = literal.to_string();
                if !text.starts_with(|c: char| c.is_ascii_digit()) {
                    return None;
                }
                let number = StringLiteral::spelled(&text, literal.span());
                self.at += 1;
                Some(number)
            }
            _ => None,
        }
    }

    /// Everything up to a token for which `stop` holds, or the end.
    pub(crate) fn take_until(&mut self, stop: impl Fn(&Self) -> bool) -> TokenStream {
        let start = self.at;
        while !self.is_empty() && !stop(self) {
            self.at += 1;
        }
        self.tokens[start..self.at].iter().cloned().collect()
    }
}

pub(crate) fn is_punct(token: Option<&TokenTree>, punct: char) -> bool {
    matches!(token, Some(TokenTree::Punct(found)) if found.as_char() == punct)
}
