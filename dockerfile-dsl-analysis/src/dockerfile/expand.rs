//! BuildKit's word expansion: quotes, escapes, `$NAME` and `${NAME...}` in one string.
//!
//! In: a word as written and the variables. Out: its value. Results are not scanned again and not split.

use std::fmt;

/// A word or a mount that BuildKit refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpandError {
    message: String,
}

impl ExpandError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }
}

impl fmt::Display for ExpandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ExpandError {}
