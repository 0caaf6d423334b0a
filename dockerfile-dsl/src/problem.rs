//! Collects problems of a Dockerfile's instructions, with stage and instruction.
//!
//! In: one sentence at a time. Out: all of them, and whether the instructions can be rendered at all. A sentence about a value
//! does not show it, since the value may be a secret by mistake.

use dockerfile_dsl_analysis::masked;
use dockerfile_dsl_analysis::programs::RowsError;

use crate::error::Problem;
use crate::path;
use crate::render::word;
use crate::rust_place::RustPlace;
use crate::text::Text;

/// Problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    list: Vec<Problem>,
    /// Place of the problems that follow.
    pub(crate) place: String,
    /// The same in the Rust source.
    pub(crate) at: Option<RustPlace>,
    unwritable: bool,
}

impl Problems {
    /// Reports an instruction that can be rendered but would not work.
    pub(crate) fn wrong(&mut self, message: impl Into<String>) {
        self.list.push(Problem {
            place: self.place.clone(),
            message: masked(&message.into()).into_owned(),
            source: self.at.map(|at| at.to_string()),
        });
    }

    /// Reports an instruction that cannot be rendered.
    pub(crate) fn unwritable(&mut self, message: impl Into<String>) {
        self.unwritable = true;
        self.wrong(message);
    }

    /// Reports the message of a failed check.
    pub(crate) fn check(&mut self, result: Result<(), String>) {
        if let Err(message) = result {
            self.unwritable(message);
        }
    }

    /// Checks a text that has to fit on one line.
    pub(crate) fn line(&mut self, field: &str, text: &str) {
        if text.contains(['\n', '\0']) {
            let what = if text.contains('\0') {
                "a NUL"
            } else {
                "a line break"
            };
            self.unwritable(format!(
                "{field} contains {what}, which a Dockerfile cannot represent"
            ));
        }
    }

    /// Checks the text of a flag. BuildKit reads flags byte by byte, and mangles non-ASCII characters.
    pub(crate) fn flag(&mut self, field: &str, text: &str) {
        self.line(field, text);
        if !text.is_ascii() {
            self.unwritable(format!(
                "{field} contains non-ASCII characters, which BuildKit mangles in flags; put \
                 them into a build argument and write `expand(\"$NAME\")` where variables are \
                 expanded"
            ));
        }
    }

    /// Checks a word: one line, valid variables, and the rule of the field if it contains no variable.
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

    /// Checks a path in a layer. A path of the API is valid already; a path from data may not be.
    pub(crate) fn layer_path(&mut self, field: &str, path: &Text) {
        self.word(field, path, |path| {
            path::check(path).map_err(|why| format!("`{}`: {why}", path.escape_debug()))
        });
    }

    /// Checks a [`word`](Self::word) in a flag.
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

    /// Whether the file cannot be rendered, so that there is nothing to analyse.
    pub(crate) fn is_unwritable(&self) -> bool {
        self.unwritable
    }

    pub(crate) fn into_list(self) -> Vec<Problem> {
        self.list
    }
}

/// Formats a mistake in program rows with the origin of the rows.
pub(crate) fn mistake_in_rows(from: &str, error: &RowsError) -> String {
    let RowsError {
        line,
        column,
        message,
    } = error;
    format!("the program rows of {from}, line {line}, column {column}: {message}")
}
