//! What is known of a program that builds, and the line that it is called with.
//!
//! In: a [`Plan`]. Out: a [`Line`]. A [`Program`] is a constant in the file of its program.

use super::argument::Argument;
use super::carried::Carried;
use super::plan::{Limits, Plan};
use crate::Error;

/// What a program needs, cannot do, and how it spells a build.
#[derive(Debug)]
pub(crate) struct Program {
    pub(super) limits: Limits,
    pub(super) name: &'static str,
    /// What has to be in its environment.
    pub(super) environment: &'static [(&'static str, &'static str)],
    /// What stands in one `--secret`.
    pub(super) secret: fn(&str, Carried<'_>) -> Result<Argument, Error>,
    pub(super) line: fn(&Program, &Plan<'_>) -> Result<Line, Error>,
}

/// The words of a command line.
#[derive(Debug)]
pub(super) struct Line {
    words: Vec<Argument>,
    /// The build context, where that is a word by itself at the end.
    context: Option<Argument>,
}

impl Program {
    /// The variables that it needs, as a shell has them in front of a command.
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

    /// Every word.
    pub(super) fn into_words(self) -> Vec<Argument> {
        self.words.into_iter().chain(self.context).collect()
    }

    /// As a shell reads it, with options in front of the context.
    pub(super) fn quote(&self, options: Option<&str>) -> String {
        let words = self.words.iter().map(Argument::quote);
        let options = options.map(str::to_owned);
        let context = self.context.as_ref().map(Argument::quote);
        let words: Vec<String> = words.chain(options).chain(context).collect();
        words.join(" ")
    }
}

/// `NAME=VALUE`, or the name alone where the value is that of a variable.
pub(super) fn pair(name: &str, value: Option<&str>) -> String {
    value.map_or_else(|| name.to_owned(), |value| format!("{name}={value}"))
}
