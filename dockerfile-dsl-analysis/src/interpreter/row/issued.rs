//! Secrets of the second order: what a program opens, fetches or issues with its credentials.
//!
//! In: a call of a row with `output issued`. Out: the taint of what it prints or writes, derived from each secret that the program is
//! given, or finds where the clause `credentials` says that it looks.

use std::borrow::Cow;
use std::rc::Rc;

use crate::domain::{Argument, Step, Taint, pattern_matches};
use crate::interpreter::call::Call;
use crate::programs::{Argument as Shape, Role};

impl Call<'_, '_> {
    /// What the program opens, fetches or issues. What it opens is the secret itself where that is the text that it reads.
    pub(crate) fn issued(&mut self, read: &Taint) -> Taint {
        let given = self.given().join(&self.consumed);
        let found = self.credentials().join(&self.named_variables());
        let all = given.join(&found).without(read).derived();
        let program = self.with_subcommand();
        all.step_if(self.span, &|| Step::Issued {
            program: program.clone(),
        })
    }

    /// The name of the program, and the sub-command that its row is for.
    pub(super) fn with_subcommand(&self) -> Rc<str> {
        let verbs = self.row.command.iter();
        let used = verbs.filter_map(|words| {
            let mut given = self.arguments.iter().filter_map(Argument::text);
            given.find(|word| words.contains(word))
        });
        used.fold(self.name.clone(), |all, word| {
            format!("{all} {word}").into()
        })
    }

    /// What is in the variables and files in which the program looks for its credentials.
    pub(crate) fn credentials(&self) -> Taint {
        let words = self.row.credentials.split_whitespace();
        words.map(|word| self.held_in(word)).collect()
    }

    /// Whether the program documents the variable as its credential, or a configuration that is known here names it.
    pub(crate) fn is_credential(&self, variable: &str) -> bool {
        let words = || self.row.credentials.split_whitespace();
        let mut names = words().filter_map(|word| word.strip_prefix('$'));
        if names.any(|name| pattern_matches(name, variable) == Some(true)) {
            return true;
        }
        let is_file = |shape: &Shape| *shape == Shape::Value(Role::CredentialFile);
        let given = self.parsed.options.iter();
        let given = given.filter(|given| is_file(&given.shape.argument));
        let files = given.flat_map(|given| given.values.iter().cloned());
        let files = files.chain(words().filter_map(|word| self.place(word)));
        let mut texts = files.filter_map(|file| self.peek(&file).literal().map(Cow::into_owned));
        texts.any(|text| text.contains(variable))
    }

    /// What the variable holds, or the file that it names; what the file holds.
    fn held_in(&self, word: &str) -> Taint {
        let name = word.strip_prefix('$').filter(|name| !name.contains('/'));
        if let Some(pattern) = name.filter(|name| name.contains('*')) {
            let variables = self.state.process.variables.iter();
            let named = variables.filter(|(name, variable)| {
                variable.exported && pattern_matches(pattern, name) == Some(true)
            });
            return named.map(|(_, variable)| variable.taint()).collect();
        }
        let value = name.and_then(|name| self.env(name));
        match value.map(|value| value.taint()) {
            Some(taint) if taint.is_some() => taint,
            _ => {
                let file = self.place(word);
                file.map_or(Taint::NONE, |file| self.peek(&file).taint())
            }
        }
    }

    /// What is in the variables that arguments name: `-pass env:NAME`.
    fn named_variables(&self) -> Taint {
        let texts = self.arguments.iter().filter_map(Argument::text);
        let named = texts.filter_map(|text| self.env(text.strip_prefix("env:")?));
        named.map(|value| value.taint()).collect()
    }
}
