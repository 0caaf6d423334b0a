//! Runs commands.

use super::call::{Argument, Call};
use super::row;
use super::value::Value;
use crate::Span;
use crate::programs;

impl Call<'_, '_> {
    /// Runs a command that the program was given.
    pub(crate) fn run(&mut self, words: &[Argument]) {
        let Some(name) = words.first().and_then(Argument::text) else {
            return self.opaque("the name of the command is not known");
        };
        let state = self.state.clone();
        let outcome = match programs::find(&name) {
            Some(program) => row::run(self.machine, state, program, words, self.span),
            None => row::run_unknown(self.machine, state, words, self.span),
        };
        self.state = outcome.state;
        self.failed = outcome.failed;
        self.status = outcome.status;
    }

    /// Runs a script file, `$1` and so on being the arguments.
    pub(crate) fn run_file(&mut self, file: &Argument, arguments: &[Argument]) {
        let text = self.read(file);
        self.shell(&text, file.span, arguments);
    }

    /// Runs a text as `sh -c` does: the first of the arguments is `$0`.
    pub(crate) fn shell(&mut self, text: &Value, _span: Span, _arguments: &[Argument]) {
        if text.literal().is_none_or(|text| !text.is_empty()) {
            self.opaque("a text that is evaluated");
        }
    }
}
