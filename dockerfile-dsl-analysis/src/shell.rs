//! Reads shell scripts: POSIX sh and the bash that Dockerfiles use.
//!
//! In: a script's text, its dialect, and where its holes are. Out: its tree, or the first place that is not understood.
//! Fails closed: no text is ever skipped, and what dash and bash would refuse is an error. Where dash refuses the whole script but
//! bash would not (`a=(1 2)`, `<(..)`), [`Dialect::Sh`] reads it as bash does, as `sh` is bash on some images; where dash reads it
//! with another meaning (`&>`, `[[`, `$'..'`, `{1..3}`), that meaning counts.

mod command;
mod compound;
mod redirect;

mod cursor;
mod keyword;

mod arithmetic;
mod backquote;
mod brace;
mod conditional;
mod escapes;
mod heredoc;
mod parameter;
mod word;

mod helpers;
mod tree;
mod walk;

pub use helpers::*;
pub use keyword::is_reserved;
pub use tree::*;
pub use walk::*;

use crate::Span;
use crate::holes::Hole;

/// Reads a script.
///
/// # Errors
///
/// The first place that is not understood.
pub fn parse(text: &str, options: &Options<'_>) -> Result<Script, SyntaxError> {
    cursor::Cursor::new(text, options)
        .and_then(cursor::Cursor::script)
        .map_err(|error| *error)
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
