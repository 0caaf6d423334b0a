//! Collects what is wrong with the instructions of a Dockerfile, with stage and instruction.
//!
//! In: one sentence at a time. Out: all of them; and whether the instructions can be written down at all.
//! A sentence about a value does not show it: it may be what should have been a secret.

use dockerfile_dsl_analysis::masked;
use dockerfile_dsl_analysis::programs::RowsError;

use crate::error::Problem;
use crate::path;
use crate::render::word;
use crate::text::Text;

/// What is wrong so far.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    list: Vec<Problem>,
    /// Where what follows is wrong.
    pub(crate) place: String,
    unwritable: bool,
}

impl Problems {
    /// The instruction can be written, and would not do what it should.
    pub(crate) fn wrong(&mut self, message: impl Into<String>) {
        self.list.push(Problem {
            place: self.place.clone(),
            message: masked(&message.into()).into_owned(),
        });
    }

    /// There is no way to write the instruction.
    pub(crate) fn unwritable(&mut self, message: impl Into<String>) {
        self.unwritable = true;
        self.wrong(message);
    }

    /// What a check said.
    pub(crate) fn check(&mut self, result: Result<(), String>) {
        if let Err(message) = result {
            self.unwritable(message);
        }
    }

    /// Text of one line.
    pub(crate) fn line(&mut self, field: &str, text: &str) {
        if text.contains(['\n', '\0']) {
            let what = if text.contains('\0') {
                "a NUL"
            } else {
                "a line break"
            };
            self.unwritable(format!(
                "{field} holds {what}, which a Dockerfile has no way to write"
            ));
        }
    }

    /// Text of a flag. BuildKit reads flags byte by byte, and mangles what is not ASCII.
    pub(crate) fn flag(&mut self, field: &str, text: &str) {
        self.line(field, text);
        if !text.is_ascii() {
            self.unwritable(format!(
                "{field} holds characters that are not ASCII, which BuildKit mangles in flags; put \
                 them into a build argument and write `expand(\"$NAME\")` where variables are \
                 expanded"
            ));
        }
    }

    /// A word: one line, variables as BuildKit knows them, and the rule of the field where no variable is in it.
    pub(crate) fn word(
        &mut self,
        field: &str,
        text: &Text,
        rule: impl FnOnce(&str) -> Result<(), String>,
    ) {
        self.line(field, &text.content);
        self.expansion(text);
        if !text.expanded {
            self.check(rule(&text.content));
        }
    }

    /// A path that becomes part of a layer. One that was made by the API is right already; one that was data is not yet.
    pub(crate) fn layer_path(&mut self, field: &str, path: &Text) {
        self.word(field, path, |path| {
            path::check(path).map_err(|why| format!("`{}`: {why}", path.escape_debug()))
        });
    }

    /// [`word`](Self::word) in a flag.
    pub(crate) fn flag_word(
        &mut self,
        field: &str,
        text: &Text,
        rule: impl FnOnce(&str) -> Result<(), String>,
    ) {
        self.flag(field, &text.content);
        self.expansion(text);
        if !text.expanded {
            self.check(rule(&text.content));
        }
    }

    fn expansion(&mut self, text: &Text) {
        if let Some(problem) = word::expansion_problem(text) {
            self.unwritable(problem);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether there is no text to analyse.
    pub(crate) fn is_unwritable(&self) -> bool {
        self.unwritable
    }

    pub(crate) fn into_list(self) -> Vec<Problem> {
        self.list
    }
}

/// A mistake in a text of program rows, and who gave it.
pub(crate) fn mistake_in_rows(from: &str, error: &RowsError) -> String {
    let RowsError {
        line,
        column,
        message,
    } = error;
    format!("the program rows of {from}, line {line}, column {column}: {message}")
}
