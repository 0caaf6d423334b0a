//! Errors of word expansion, with their fixes.
//!
//! In: built by expansion, patterns and mounts. Out: one sentence, and whether it depends on the values of variables.

use std::{borrow::Cow, fmt};

/// A word or a mount that BuildKit rejects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpandError {
    message: Cow<'static, str>,
    /// Whether other values of the variables avoid the error.
    depends_on_value: bool,
}

impl ExpandError {
    pub(in crate::dockerfile) fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            message: message.into(),
            depends_on_value: false,
        }
    }

    /// Creates an error that other values of the variables avoid.
    pub(in crate::dockerfile) fn of_value(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            depends_on_value: true,
            ..Self::new(message)
        }
    }

    /// Whether other values of the variables avoid the error.
    pub(in crate::dockerfile) const fn depends_on_value(&self) -> bool {
        self.depends_on_value
    }

    pub(super) fn unsupported(modifier: &str) -> Self {
        Self::new(format!(
            "unsupported modifier `{modifier}` in a substitution"
        ))
    }
}

/// Returns what to write instead.
pub(in crate::dockerfile) fn help(error: &ExpandError) -> &'static str {
    match &*error.message {
        message if message.contains("quote") => {
            "close the quote, or write a backslash before it where it is meant as text; a path \
             with blanks needs the JSON form: `[\"a b\", \"c\"]`"
        }
        message if message.contains("pattern") => {
            "in a pattern only `* ? \\ } /` may follow a backslash"
        }
        _ => {
            "BuildKit knows `$NAME`, `${NAME}`, `${NAME:-word}`, `${NAME:+word}`, \
             `${NAME:?word}`, `${NAME#pattern}`, `${NAME%pattern}` and `${NAME/pattern/text}`; \
             write `\\$` for a dollar sign"
        }
    }
}

impl fmt::Display for ExpandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ExpandError {}
