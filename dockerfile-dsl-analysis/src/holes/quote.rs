//! Finds the quoting of a public value for each hole of a script, and literal paths of secrets.

use crate::Span;
use crate::shell::{
    Arithmetic, HereDocument, HolePart, Literal, Parameter, Part, QuoteStyle, Script, Subscript,
    Visit, Word, walk_arithmetic, walk_here_document, walk_parameter, walk_part, walk_word,
};

/// The quoting that keeps a public value one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quote {
    /// Outside quotes: `'...'` around it, unless it is a plain word.
    Bare,
    /// Inside `"..."`: a backslash before `"`, `$`, `` ` `` and `\`.
    Double,
    /// In the word of a `${name:-...}` inside `"..."` or a here-document: `"..."` around it, because a `}` or a `'` would end it.
    Nested,
    /// Inside `'...'`: `'` becomes `'\''`.
    Single,
    /// Inside an unquoted here-document: a backslash before `$`, `` ` `` and `\`.
    HereDocument,
    /// Inside a quoted here-document: literal; rejected if a line equals the delimiter.
    Verbatim,
    /// No safe quoting: arithmetic, a here-document's delimiter, text that is evaluated later.
    Refused,
}

/// The result of a walk over the tree.
pub(super) struct Places {
    pub(super) quotes: Vec<Quote>,
    /// Literals with a path beneath `/run/secrets`.
    pub(super) literal_paths: Vec<Span>,
    context: Quote,
}

impl Places {
    pub(super) fn of(script: &Script, text: &str, holes: usize) -> Self {
        let mut places = Self {
            quotes: vec![Quote::Refused; holes],
            literal_paths: Vec::new(),
            context: Quote::Bare,
        };
        let mut walk = QuoteWalk {
            places: &mut places,
            text,
        };
        walk.list(&script.list);
        places
    }
}

struct QuoteWalk<'a> {
    places: &'a mut Places,
    text: &'a str,
}

impl QuoteWalk<'_> {
    fn within(&mut self, context: Quote, walk: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.places.context, context);
        walk(self);
        self.places.context = outer;
    }

    fn literal(&mut self, literal: &Literal) {
        for (at, found) in literal.text.match_indices("/run/secrets") {
            let rest = &literal.text[at + found.len()..];
            // `/srv/run/secrets` is another directory; `/var/run`, `/proc/self/root` and paths with `..` may lead to this one.
            let before = literal.text[..at].rsplit('/').next().unwrap_or_default();
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
            if !matches!(before, "" | "." | ".." | "var" | "root") && before.chars().all(is_plain) {
                continue;
            }
            if rest.is_empty() || rest.starts_with('/') {
                // In verbatim text the span covers the path only, else the whole literal.
                let verbatim = literal.span.of(self.text) == &*literal.text;
                let end = rest
                    .find(|c: char| {
                        c.is_whitespace() || matches!(c, '"' | '\'' | ')' | ';' | '`' | '}')
                    })
                    .unwrap_or(rest.len());
                let span = if verbatim {
                    Span::new(
                        literal.span.start + at,
                        literal.span.start + at + found.len() + end,
                    )
                } else {
                    literal.span
                };
                self.places.literal_paths.push(span);
            }
        }
    }
}

/// Whether git passes the text to a shell: `credential.helper='!f() { .. }; f'`, `alias.x='!..'`, and values that `git config` sets for
/// them. No quoting is safe there, so only checked words are allowed.
fn is_command_of_git(word: &str) -> bool {
    let bare: String = word.chars().filter(|c| !matches!(c, '\'' | '"')).collect();
    let is_setting = bare.split_once("=!").is_some_and(|(key, _)| {
        key.ends_with("helper") || key.rsplit([' ', '.']).nth(1) == Some("alias")
    });
    is_setting || bare.starts_with('!') && bare.contains([' ', '('])
}

impl Visit for QuoteWalk<'_> {
    fn part(&mut self, part: &Part) {
        match part {
            Part::Literal(literal) | Part::Escaped(literal) => self.literal(literal),
            Part::Quoted(quoted) => {
                let context = match (quoted.style, self.places.context) {
                    (_, Quote::Refused) => Quote::Refused,
                    (QuoteStyle::Single, _) => Quote::Single,
                    (QuoteStyle::AnsiC, _) => Quote::Refused,
                    (QuoteStyle::Double | QuoteStyle::Locale, _) => Quote::Double,
                };
                self.within(context, |walk| walk_part(walk, part));
            }
            Part::CommandSubstitution(substitution) => {
                // Inside backquotes a backslash is removed twice.
                let backquoted = substitution.span.of(self.text).starts_with('`');
                self.within(
                    if backquoted {
                        Quote::Refused
                    } else {
                        Quote::Bare
                    },
                    |walk| walk_part(walk, part),
                );
            }
            Part::ProcessSubstitution(_) => self.within(Quote::Bare, |walk| walk_part(walk, part)),
            _ => walk_part(self, part),
        }
    }

    fn parameter(&mut self, parameter: &Parameter) {
        let context = match self.places.context {
            Quote::Double | Quote::HereDocument => Quote::Nested,
            other => other,
        };
        let Some(Subscript::Index(word)) = &parameter.subscript else {
            return self.within(context, |walk| walk_parameter(walk, parameter));
        };
        // A subscript is evaluated.
        self.within(Quote::Refused, |walk| walk.word(word));
        let rest = Parameter {
            subscript: None,
            ..parameter.clone()
        };
        self.within(context, |walk| walk_parameter(walk, &rest));
    }

    fn arithmetic(&mut self, arithmetic: &Arithmetic) {
        self.within(Quote::Refused, |walk| walk_arithmetic(walk, arithmetic));
    }

    fn here_document(&mut self, document: &HereDocument) {
        let context = if document.quoted {
            Quote::Verbatim
        } else {
            Quote::HereDocument
        };
        self.within(context, |walk| walk_here_document(walk, document));
    }

    fn word(&mut self, word: &Word) {
        if is_command_of_git(word.span.of(self.text)) {
            self.within(Quote::Refused, |walk| walk_word(walk, word));
        } else {
            walk_word(self, word);
        }
    }

    fn hole(&mut self, hole: &HolePart) {
        if let Some(quote) = self.places.quotes.get_mut(hole.index) {
            *quote = self.places.context;
        }
    }
}
