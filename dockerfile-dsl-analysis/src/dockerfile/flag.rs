//! Common parts of all instructions: the escape character of the file, and flags.

use super::source::SourceText;
use crate::Span;

/// The character that escapes and continues lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Escape {
    /// `\`
    #[default]
    Backslash,
    /// `` ` ``
    Backtick,
}

impl Escape {
    /// Returns the character.
    #[must_use]
    pub const fn char(self) -> char {
        match self {
            Self::Backslash => '\\',
            Self::Backtick => '`',
        }
    }
}

/// A flag: `--name=value` or `--name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Without the dashes.
    pub name: SourceText,
    /// After the `=`, without quotes and escapes of the flag layer.
    pub value: Option<SourceText>,
    /// From the dashes to the end.
    pub span: Span,
}
