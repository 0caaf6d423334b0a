//! Options of the parser, and its error.

use crate::Span;

/// A placeholder in the script for a Rust value. Holes with the same name have the same value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hole<'a> {
    /// The name between the braces.
    pub name: &'a str,
    /// Its span, including the braces.
    pub span: Span,
    /// Whether it may be in a comment, where it is skipped.
    pub skips_comments: bool,
}

impl<'a> Hole<'a> {
    /// Creates a hole that no comment may contain.
    #[must_use]
    pub const fn new(name: &'a str, span: Span) -> Self {
        Self {
            name,
            span,
            skips_comments: false,
        }
    }
}

/// The shell dialect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `/bin/sh`: dash and similar shells.
    #[default]
    Sh,
    /// bash.
    Bash,
}

/// Options of the parser.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// The dialect.
    pub dialect: Dialect,
    /// The holes in text order. Their spans are offsets into the text, regardless of [`Options::place`].
    pub holes: &'a [Hole<'a>],
    /// Position of the text: the spans of the tree are relative to it.
    pub place: Place<'a>,
}

/// Position of a text in a larger one.
#[derive(Debug, Clone, Copy, Default)]
pub enum Place<'a> {
    /// The text is the larger one.
    #[default]
    Whole,
    /// It is verbatim at this offset.
    At(usize),
    /// Pieces: (offset in the text, offset in the larger one), in order; each piece ends where the next one begins.
    Pieces(&'a [(usize, usize)]),
    /// The text is computed from this span: every span of the tree is this one.
    Within(Span),
}

/// A syntax error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where.
    pub span: Span,
    /// One sentence: starts lowercase, no final dot.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl std::fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SyntaxError {}
