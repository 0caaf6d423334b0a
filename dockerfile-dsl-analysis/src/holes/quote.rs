//! For each hole of a script, how a public value is quoted at its place; and the places where a secret's path is spelled out.

use crate::Span;
use crate::shell::{
    Arithmetic, HereDocument, HolePart, Literal, Parameter, Part, QuoteStyle, Script, Subscript,
    Visit, Word, walk_arithmetic, walk_here_document, walk_parameter, walk_part, walk_word,
};

/// How a public value is written so that it stays one piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quote {
    /// Outside quotes: `'...'` around it, unless it is a plain word.
    Bare,
    /// Inside `"..."`: a backslash before `"`, `$`, `` ` `` and `\`.
    Double,
    /// In the word of a `${name:-...}` that stands inside `"..."` or a here-document: `"..."` around it, as a `}` or a `'` would end it.
    Nested,
    /// Inside `'...'`: `'` becomes `'\''`.
    Single,
    /// Inside an unquoted here-document: a backslash before `$`, `` ` `` and `\`.
    HereDocument,
    /// Inside a quoted here-document: as it is; refused if a line equals the delimiter.
    Verbatim,
    /// Nowhere that quoting is known for (arithmetic, a here-document's delimiter, text that is evaluated later).
    Refused,
}

/// What a walk over the tree sees.
pub(super) struct Places {
    pub(super) quotes: Vec<Quote>,
    /// Literals that spell out a path beneath `/run/secrets`.
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
        let mut walk = Walk {
            places: &mut places,
            text,
        };
        walk.list(&script.list);
        places
    }
}

struct Walk<'a> {
    places: &'a mut Places,
    text: &'a str,
}

impl Walk<'_> {
    fn within(&mut self, context: Quote, walk: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.places.context, context);
        walk(self);
        self.places.context = outer;
    }

    fn literal(&mut self, literal: &Literal) {
        for (at, found) in literal.text.match_indices("/run/secrets") {
            let rest = &literal.text[at + found.len()..];
            // `/srv/run/secrets` is another directory; `/var/run`, `/proc/self/root` and what `..` leads to may be this one.
            let before = literal.text[..at].rsplit('/').next().unwrap_or_default();
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
            if !matches!(before, "" | "." | ".." | "var" | "root") && before.chars().all(is_plain) {
                continue;
            }
            if rest.is_empty() || rest.starts_with('/') {
                // Where the text stands as it is, only the path; else the whole literal.
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

/// Whether git gives the text to a shell of its own: `credential.helper='!f() { .. }; f'`, `alias.x='!..'`, and what
/// `git config` sets them to. In there is no quoting for a value, so it takes checked words only.
fn is_command_of_git(word: &str) -> bool {
    let bare: String = word.chars().filter(|c| !matches!(c, '\'' | '"')).collect();
    let is_setting = bare.split_once("=!").is_some_and(|(key, _)| {
        key.ends_with("helper") || key.rsplit([' ', '.']).nth(1) == Some("alias")
    });
    is_setting || bare.starts_with('!') && bare.contains([' ', '('])
}

impl Visit for Walk<'_> {
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
                // Inside backquotes a backslash is read twice.
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
        // A subscript is computed.
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
