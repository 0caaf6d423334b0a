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
mod options;
mod tree;
mod walk;

pub use helpers::*;
pub use keyword::is_reserved;
pub use options::{Dialect, Hole, Options, Place, SyntaxError};
pub use tree::*;
pub use walk::*;

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
