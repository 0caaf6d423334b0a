//! BuildKit's word expansion: quotes, escapes, `$NAME` and `${NAME...}` in one string.
//!
//! In: a word as written and the variables. Out: its value. Results are not scanned again, and only [`expand_words`] splits them.
//! Nesting and the size of the result are limited, so that no Dockerfile can exhaust time or memory.

mod error;

use std::mem;

use super::flag::Escape;
use super::pattern::Pattern;
use crate::Span;
pub use error::ExpandError;
pub(super) use error::help;

/// Max. nesting of `${..}`; beyond it the word is an error.
const MAX_DEPTH: usize = 100;
/// Max. growth of a value over its word in bytes; beyond it the word is an error. Each line of a Dockerfile can double a variable.
const MAX_GROWTH: usize = 1 << 20;

/// Expands `word` with the variables that `lookup` returns (`None` is unset).
///
/// # Errors
///
/// What BuildKit rejects: an unclosed quote or brace, a bad substitution, an unset variable in `${NAME:?}`.
pub fn expand(
    word: &str,
    escape: Escape,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<String, ExpandError> {
    let mut lexer = Lexer::new(word, escape, lookup);
    lexer.wants_words = false;
    lexer.until(None, false).map(|(value, _)| value)
}

/// As [`expand`], but keeps each unset variable as `${NAME}`, and returns whether there was one.
pub(super) fn expand_marking(
    word: &str,
    escape: Escape,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<(String, bool), ExpandError> {
    let is_marked = std::cell::Cell::new(false);
    let noting = |name: &str| {
        let value = lookup(name);
        is_marked.set(is_marked.get() || value.is_none());
        value
    };
    let mut lexer = Lexer::new(word, escape, &noting);
    (lexer.wants_words, lexer.mark_unset) = (false, true);
    let (value, _) = lexer.until(None, false)?;
    // A default replaced an unset variable: the value is known.
    let is_marked = is_marked.get() && value.contains("${");
    Ok((value, is_marked))
}

/// Expands `word` and splits the result at blanks outside quotes, including blanks from variables, as `EXPOSE` does.
///
/// # Errors
///
/// As [`expand`].
pub fn expand_words(
    word: &str,
    escape: Escape,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<String>, ExpandError> {
    let (_, words) = Lexer::new(word, escape, lookup).until(None, false)?;
    Ok(words.into_iter().map(|word| word.text).collect())
}

/// Expands the content of an unquoted here-document of `COPY` or `ADD`: quotes are text, and the escape character is always `\`.
///
/// # Errors
///
/// As [`expand`].
pub fn expand_here_document(
    body: &str,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<String, ExpandError> {
    let mut lexer = Lexer::new(body, Escape::Backslash, lookup);
    (lexer.quotes_are_text, lexer.wants_words) = (true, false);
    lexer.until(None, false).map(|(value, _)| value)
}

/// Returns the words of a line with their quotes and escapes, without expanding variables, to find here-documents.
pub(super) fn raw_words(line: &str) -> Result<Vec<ShellWord>, ExpandError> {
    let mut lexer = Lexer::new(line, Escape::Backslash, &|_| None);
    (lexer.keep_quotes, lexer.keep_unset) = (true, true);
    lexer.until(None, true).map(|(_, words)| words)
}

/// Returns the words of a here-document's delimiter: with their quotes (`true`) or without.
pub(super) fn delimiter_words(text: &str, quotes: bool) -> Result<Vec<ShellWord>, ExpandError> {
    let mut lexer = Lexer::new(text, Escape::Backslash, &|_| None);
    (lexer.keep_quotes, lexer.keep_unset) = (quotes, true);
    lexer.until(None, false).map(|(_, words)| words)
}

/// A word, with the span of its characters in the line.
#[derive(Debug, Clone, Default)]
pub(super) struct ShellWord {
    pub(super) text: String,
    pub(super) span: Span,
}

/// Lexer of one word. Its flags name the differences from plain expansion.
struct Lexer<'a> {
    text: &'a str,
    at: usize,
    escape: char,
    lookup: &'a dyn Fn(&str) -> Option<String>,
    wants_words: bool,
    quotes_are_text: bool,
    keep_quotes: bool,
    keep_escapes: bool,
    keep_unset: bool,
    /// Keep a variable without a value as `${NAME}`.
    mark_unset: bool,
    depth: usize,
    /// The current word. A nested `${..}` resets it, as in BuildKit, where the buffer is shared.
    word: ShellWord,
}

/// The words so far at one level of nesting.
#[derive(Default)]
struct Words {
    done: Vec<ShellWord>,
    inside: bool,
}

impl<'a> Lexer<'a> {
    fn new(text: &'a str, escape: Escape, lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        // Go's scanner drops a byte-order mark at the start of its input.
        let at = if text.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        let escape = escape.char();
        let word = ShellWord::default();
        Self {
            text,
            at,
            escape,
            lookup,
            wants_words: true,
            quotes_are_text: false,
            keep_quotes: false,
            keep_escapes: false,
            keep_unset: false,
            mark_unset: false,
            depth: 0,
            word,
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.at += next.map_or(0, char::len_utf8);
        next
    }

    fn until(
        &mut self,
        stop: Option<char>,
        keep_escapes: bool,
    ) -> Result<(String, Vec<ShellWord>), ExpandError> {
        let outer = mem::replace(&mut self.keep_escapes, keep_escapes);
        let answer = self.scan(stop);
        self.keep_escapes = outer;
        answer
    }

    fn scan(&mut self, stop: Option<char>) -> Result<(String, Vec<ShellWord>), ExpandError> {
        if self.depth > MAX_DEPTH {
            return Err(ExpandError::new("variables are nested too deeply"));
        }
        let mut result = String::new();
        let mut words = Words::default();
        self.word = ShellWord::default();
        while let Some(char) = self.peek() {
            let start = self.at;
            if Some(char) == stop {
                self.next();
                return Ok((result, words.finish(&mut self.word)));
            }
            if !self.wants_words {
                let plain = self.plain(stop);
                if !plain.is_empty() {
                    result.push_str(plain);
                    continue;
                }
            }
            match char {
                '$' => {
                    let value = self.dollar()?;
                    if self.wants_words {
                        for char in value.chars() {
                            words.add(&mut self.word, char, Span::new(start, self.at));
                        }
                    }
                    result.push_str(&value);
                }
                '\'' | '"' | '<' if char == '<' || !self.quotes_are_text => {
                    let value = match char {
                        '\'' => self.single_quoted()?,
                        '"' => self.double_quoted()?,
                        _ => self.possible_here_document(),
                    };
                    words.add_raw(&mut self.word, &value, Span::new(start, self.at));
                    result.push_str(&value);
                }
                _ => {
                    self.next();
                    let mut literal = char;
                    if char == self.escape {
                        if self.keep_escapes {
                            words.add_raw(
                                &mut self.word,
                                char.encode_utf8(&mut [0; 4]),
                                Span::new(start, self.at),
                            );
                            result.push(char);
                        }
                        let Some(escaped) = self.next() else { break };
                        literal = escaped;
                        words.add_raw(
                            &mut self.word,
                            literal.encode_utf8(&mut [0; 4]),
                            Span::new(start, self.at),
                        );
                    } else {
                        words.add(&mut self.word, literal, Span::new(start, self.at));
                    }
                    result.push(literal);
                }
            }
            if result.len() > self.text.len() + MAX_GROWTH {
                return Err(ExpandError::of_value("the value is longer than 1 MiB"));
            }
        }
        match stop {
            Some(stop) => Err(ExpandError::new(format!("`{stop}` is missing"))),
            None => Ok((result, words.finish(&mut self.word))),
        }
    }

    /// Reads the text up to the next character that may have a meaning.
    fn plain(&mut self, stop: Option<char>) -> &'a str {
        let rest = &self.text[self.at..];
        let is_special = |byte: u8| {
            let char = char::from(byte);
            matches!(char, '$' | '\'' | '"' | '<') || char == self.escape || Some(char) == stop
        };
        // Each of them is ASCII.
        let end = rest.bytes().position(is_special).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn single_quoted(&mut self) -> Result<String, ExpandError> {
        let start = self.at;
        let Some(length) = self.text[start + 1..].find('\'') else {
            return Err(ExpandError::new("the closing single quote is missing"));
        };
        let end = start + 1 + length;
        self.at = end + 1;
        Ok(if self.keep_quotes {
            &self.text[start..=end]
        } else {
            &self.text[start + 1..end]
        }
        .to_owned())
    }

    fn double_quoted(&mut self) -> Result<String, ExpandError> {
        let mut result = String::new();
        if self.next().is_some() && self.keep_quotes {
            result.push('"');
        }
        loop {
            match self.peek() {
                None => return Err(ExpandError::new("the closing double quote is missing")),
                Some('"') => {
                    self.next();
                    if self.keep_quotes {
                        result.push('"');
                    }
                    return Ok(result);
                }
                Some('$') => result.push_str(&self.dollar()?),
                Some(mut char) => {
                    self.next();
                    if char == self.escape {
                        if self.keep_escapes {
                            result.push(char);
                        }
                        match self.peek() {
                            None => continue,
                            Some(next) if next == '"' || next == '$' || next == self.escape => {
                                self.next();
                                char = next;
                            }
                            Some(_) => {}
                        }
                    }
                    result.push(char);
                }
            }
            if result.len() > self.text.len() + MAX_GROWTH {
                return Err(ExpandError::of_value("the value is longer than 1 MiB"));
            }
        }
    }

    /// Reads `<` or `<<` and the blanks after it, which belong to the word of a here-document.
    fn possible_here_document(&mut self) -> String {
        let start = self.at;
        self.next();
        if self.peek() == Some('<') {
            self.next();
            while matches!(self.peek(), Some('\t' | '\r' | ' ')) {
                self.next();
            }
        }
        self.text[start..self.at].to_owned()
    }

    fn dollar(&mut self) -> Result<String, ExpandError> {
        self.next();
        if self.peek() != Some('{') {
            let name = self.name();
            if name.is_empty() {
                return Ok("$".to_owned());
            }
            return Ok(match (self.lookup)(name) {
                None if self.keep_unset => format!("${name}"),
                None if self.mark_unset => format!("${{{name}}}"),
                value => value.unwrap_or_default(),
            });
        }
        self.next();
        match self.peek() {
            None => return Err(ExpandError::new("`}` is missing")),
            Some('{' | '}' | ':') => return Err(ExpandError::new("bad substitution")),
            Some(_) => {}
        }
        self.depth += 1;
        let value = self.braced();
        self.depth -= 1;
        value
    }

    /// Reads the rest after `${`.
    fn braced(&mut self) -> Result<String, ExpandError> {
        let name = self.name().to_owned();
        let value = (self.lookup)(&name);
        let modifier_at = self.at;
        match self.next() {
            None => Err(ExpandError::new("`}` is missing")),
            Some('}') => Ok(match value {
                None if self.keep_unset || self.mark_unset => format!("${{{name}}}"),
                value => value.unwrap_or_default(),
            }),
            Some(char @ (':' | '+' | '-' | '?' | '#' | '%')) => {
                let (null_is_unset, modifier) = if char == ':' {
                    (true, self.next())
                } else {
                    (false, Some(char))
                };
                let written = &self.text[modifier_at..self.at];
                let is_trim = matches!(modifier, Some('#' | '%'));
                if null_is_unset && is_trim {
                    return Err(ExpandError::unsupported(written));
                }
                let (word, _) = self.until(Some('}'), is_trim)?;
                if value.is_none() && self.keep_unset {
                    return Ok(format!("${{{name}{written}{word}}}"));
                }
                let is_set = value
                    .as_ref()
                    .is_some_and(|value| !(null_is_unset && value.is_empty()));
                match modifier {
                    Some('-') => Ok(if is_set {
                        value.unwrap_or_default()
                    } else {
                        word
                    }),
                    Some('+') => Ok(if is_set { word } else { String::new() }),
                    Some('?') if is_set => Ok(value.unwrap_or_default()),
                    Some('?') if self.mark_unset => Ok(format!("${{{name}}}")),
                    Some('?') => {
                        let state = if value.is_none() { "unset" } else { "empty" };
                        let reason = if word.is_empty() {
                            format!("is not allowed to be {state}")
                        } else {
                            word
                        };
                        Err(ExpandError::of_value(format!("`{name}`: {reason}")))
                    }
                    Some(end @ ('#' | '%')) => {
                        let (pattern, greedy) = match word.strip_prefix(end) {
                            Some(rest) => (rest, true),
                            None => (word.as_str(), false),
                        };
                        let value = value.unwrap_or_default();
                        if end == '#' {
                            Pattern::parse(pattern)?.trim_start(&value, greedy)
                        } else {
                            Pattern::parse_reversed(pattern)?.trim_end(&value, greedy)
                        }
                    }
                    _ => Err(ExpandError::unsupported(written)),
                }
            }
            Some('/') => {
                let all = self.peek() == Some('/');
                if all {
                    self.next();
                }
                let (pattern, _) = self.until(Some('/'), true)?;
                let (replacement, _) = self.until(Some('}'), true)?;
                match value {
                    None if self.keep_unset => Ok(format!("${{{name}/{pattern}/{replacement}}}")),
                    value => Pattern::parse(&pattern)?.replace(
                        &value.unwrap_or_default(),
                        &replacement,
                        all,
                    ),
                }
            }
            Some(_) => Err(ExpandError::unsupported(&self.text[modifier_at..self.at])),
        }
    }

    fn name(&mut self) -> &'a str {
        let start = self.at;
        match self.peek() {
            Some(first) if first.is_numeric() => {
                while self.peek().is_some_and(char::is_numeric) {
                    self.next();
                }
            }
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => {
                self.next();
            }
            _ => {
                while self
                    .peek()
                    .is_some_and(|char| char == '_' || char.is_alphanumeric())
                {
                    self.next();
                }
            }
        }
        &self.text[start..self.at]
    }
}

impl Words {
    /// Adds a character, which ends the word if it is a blank.
    fn add(&mut self, word: &mut ShellWord, char: char, span: Span) {
        if !char.is_whitespace() {
            self.add_raw(word, char.encode_utf8(&mut [0; 4]), span);
        } else if self.inside && !word.text.is_empty() {
            self.done.push(mem::take(word));
            self.inside = false;
        }
    }

    /// Adds text that belongs to the word whatever it is.
    fn add_raw(&mut self, word: &mut ShellWord, text: &str, span: Span) {
        word.span = if word.text.is_empty() {
            span
        } else {
            word.span.to(span)
        };
        word.text.push_str(text);
        self.inside = true;
    }

    fn finish(mut self, word: &mut ShellWord) -> Vec<ShellWord> {
        if !word.text.is_empty() {
            self.done.push(mem::take(word));
        }
        self.done
    }
}

#[cfg(test)]
mod tests;
