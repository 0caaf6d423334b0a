//! The description of a build tool, and its command line.
//!
//! In: a [`Plan`]. Out: a [`Line`]. A [`Program`] is a constant in the file of its program.

use super::argument::Argument;
use super::carried::Carried;
use super::plan::{Limits, Plan};
use crate::Error;

/// Requirements and limits of a program, and its syntax of a build.
#[derive(Debug)]
pub(crate) struct Program {
    pub(super) limits: Limits,
    pub(super) name: &'static str,
    /// Required environment variables.
    pub(super) environment: &'static [(&'static str, &'static str)],
    /// Writes the text of one `--secret`.
    pub(super) secret: fn(&str, Carried<'_>) -> Result<Argument, Error>,
    pub(super) line: fn(&Program, &Plan<'_>) -> Result<Line, Error>,
}

/// Words of a command line.
#[derive(Debug)]
pub(super) struct Line {
    words: Vec<Argument>,
    /// Build context, if it is a separate word at the end.
    context: Option<Argument>,
}

impl Program {
    /// Returns the required variables as assignments before a command.
    pub(super) fn assignments(&self) -> String {
        let variables = self.environment.iter();
        variables
            .map(|(name, value)| format!("{name}={value} "))
            .collect()
    }
}

impl Line {
    pub(super) fn new(words: &[&str]) -> Self {
        let words = words.iter().map(|word| Argument::text(*word)).collect();
        Self {
            words,
            context: None,
        }
    }

    pub(super) fn word(&mut self, word: &str) {
        self.words.push(Argument::text(word));
    }

    pub(super) fn flag(&mut self, flag: &str, argument: Argument) {
        self.word(flag);
        self.words.push(argument);
    }

    pub(super) fn texts<'a>(&mut self, flag: &str, values: impl IntoIterator<Item = &'a str>) {
        for value in values {
            self.flag(flag, Argument::text(value));
        }
    }

    pub(super) fn end_with_context(mut self, context: Argument) -> Self {
        self.context = Some(context);
        self
    }

    /// Returns every word.
    pub(super) fn into_words(self) -> Vec<Argument> {
        self.words.into_iter().chain(self.context).collect()
    }

    /// Quotes the line for a shell, with options before the context.
    pub(super) fn quote(&self, options: Option<&str>) -> String {
        let words = self.words.iter().map(Argument::quote);
        let options = options.map(str::to_owned);
        let context = self.context.as_ref().map(Argument::quote);
        let words: Vec<String> = words.chain(options).chain(context).collect();
        words.join(" ")
    }
}

/// Returns `NAME=VALUE`, or the name alone to take the value of a variable.
pub(super) fn pair(name: &str, value: Option<&str>) -> String {
    value.map_or_else(|| name.to_owned(), |value| format!("{name}={value}"))
}
