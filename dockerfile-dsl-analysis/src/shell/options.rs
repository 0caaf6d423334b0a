//! How a script is read, and what is said where it cannot be.

use crate::Span;

/// A place in the script where a Rust value will stand. Holes of one name are one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hole<'a> {
    /// The name between the braces.
    pub name: &'a str,
    /// Where it stands, braces included.
    pub span: Span,
}

/// Which shell reads the script.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `/bin/sh`: dash and its like.
    #[default]
    Sh,
    /// bash.
    Bash,
}

/// How a text is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// Which shell.
    pub dialect: Dialect,
    /// In the order of their spans, which are offsets into the text, whatever [`Options::place`] says.
    pub holes: &'a [Hole<'a>],
    /// Where the text stands: the spans of the tree are offsets there.
    pub place: Place<'a>,
}

/// Where a text stands in a larger one.
#[derive(Debug, Clone, Copy, Default)]
pub enum Place<'a> {
    /// It is the larger one.
    #[default]
    Whole,
    /// It begins at this offset and stands there as it is.
    At(usize),
    /// In pieces: (offset in the text, offset in the larger one), in order; each piece goes up to the next.
    Pieces(&'a [(usize, usize)]),
    /// It is computed from what stands there: every span of the tree is this one.
    Within(Span),
}

/// The place that is not understood.
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
