//! Predicates on the position of the parser.

use proc_macro2::{Delimiter, Span, TokenTree};
use syn::buffer::Cursor;
use syn::parse::{ParseBuffer, ParseStream};
use syn::{Error, Token};

use crate::dockerfile::words;

/// Whether the next node or the list of targets starts here.
pub(super) fn at_instruction(input: &ParseBuffer) -> bool {
    input.peek(Token![..])
        // `USER = "x"` after ENV is a pair, `--from=COPY` a value.
        || !input.peek2(Token![=]) && is_word(input)
}

/// Whether an instruction ends here.
pub(super) fn at_end(input: &ParseBuffer) -> bool {
    input.is_empty() || at_instruction(input)
}

fn is_word(input: &ParseBuffer) -> bool {
    let word = input.cursor().ident();
    word.is_some_and(|(word, _)| words::starts_node(&word.to_string()))
}

/// Returns an error at the unexpected token; if something is missing before the end or the next instruction, at the token before.
pub(super) fn missing(input: ParseStream, message: impl std::fmt::Display) -> Error {
    let span = if input.is_empty() || is_word(input) {
        input.cursor().prev_span()
    } else {
        input.cursor().span()
    };
    Error::new(span, message)
}

/// The text that a line has from here on as in a Dockerfile, without quotes; `None` if the line ends here or goes on with a string
/// or a group.
pub(super) fn unquoted(input: ParseStream) -> Option<Unquoted> {
    let start = input.cursor().span();
    let (mut words, mut after): (Vec<String>, Option<Span>) = (Vec::new(), None);
    let mut rest = input.cursor();
    while let Some((text, span, next)) = bare(rest) {
        let is_glued = after.is_some_and(|after| is_adjacent(after, span));
        if !is_in_line_of(start, span) {
            break;
        }
        match words.last_mut() {
            Some(word) if is_glued => word.push_str(&text),
            _ => words.push(text),
        }
        (after, rest) = (Some(span), next);
    }
    (!words.is_empty()).then_some(Unquoted { words, start })
}

/// Words that need quotes.
pub(super) struct Unquoted {
    words: Vec<String>,
    start: Span,
}

impl Unquoted {
    /// The first word alone.
    pub(super) fn first(mut self) -> Self {
        self.words.truncate(1);
        self
    }

    /// Shows how the instruction is written here: each word in quotes, or the line as one text.
    pub(super) fn error(&self, before: &str, is_one_text: bool) -> Error {
        let quoted = |word: &str| format!("{word:?}");
        let text = if is_one_text {
            quoted(&self.words.join(" "))
        } else {
            let words: Vec<String> = self.words.iter().map(|word| quoted(word)).collect();
            words.join(" ")
        };
        Error::new(self.start, format!("quote it: `{before} {text}`"))
    }
}

/// Whether the next word is more than a name, as in `golang:1.22`, `reg.example/app` or `app:app`.
pub(super) fn is_joined(input: ParseStream) -> bool {
    if !proc_macro::is_available() {
        return false;
    }
    let Some((name, next)) = input.cursor().ident() else {
        return false;
    };
    next.punct().is_some_and(|(punct, _)| {
        ":/.-@".contains(punct.as_char()) && is_adjacent(name.span(), punct.span())
    })
}

/// A token of a line that is no string and no group.
fn bare(cursor: Cursor<'_>) -> Option<(String, Span, Cursor<'_>)> {
    let (token, next) = cursor.token_tree()?;
    let is_bare = match &token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::None,
        TokenTree::Literal(literal) => !literal.to_string().ends_with(['"', '#']),
        TokenTree::Ident(_) | TokenTree::Punct(_) => true,
    };
    let span = token.span();
    let text = || span.source_text().unwrap_or_else(|| token.to_string());
    is_bare.then(|| (text(), span, next))
}

/// Whether a token starts in the line in which another ends; false in a test, where tokens have no position.
fn is_in_line_of(first: Span, second: Span) -> bool {
    let positions = positions(first, second);
    positions.is_some_and(|(first, second)| first.end().line() == second.start().line())
}

/// The compiler's spans, which have positions; `None` outside of a macro.
fn positions(first: Span, second: Span) -> Option<(proc_macro::Span, proc_macro::Span)> {
    proc_macro::is_available().then(|| (first.unwrap(), second.unwrap()))
}

/// Whether nothing is between two tokens.
pub(super) fn is_adjacent(first: Span, second: Span) -> bool {
    let Some((first, second)) = positions(first, second) else {
        return true;
    };
    let (end, start) = (first.end(), second.start());
    (end.line(), end.column()) == (start.line(), start.column())
}

/// Whether the next token is in the line of the one before.
pub(super) fn is_in_same_line(input: ParseStream) -> bool {
    let (before, next) = (input.cursor().prev_span(), input.cursor().span());
    is_in_line_of(before, next)
}
