//! Parser of shell scripts: POSIX sh, and the bash that Dockerfiles use.
//!
//! In: a script's text, its dialect, and the spans of its holes. Out: its tree, or the first error.
//! Fails closed: no text is ever skipped, and what dash and bash would reject is an error. If dash rejects a script that bash accepts
//! (`a=(1 2)`, `<(..)`), [`Dialect::Sh`] parses it as bash does, because `sh` is bash on some images. If dash parses it with another
//! meaning (`&>`, `[[`, `$'..'`, `{1..3}`), that meaning applies.

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
mod stream;
mod tree;
mod walk;

pub use helpers::*;
pub use keyword::is_reserved;
pub use options::{Dialect, Hole, Options, Place, SyntaxError};
pub(crate) use stream::Stream;
pub use tree::*;
pub use walk::*;

/// Parses a script.
///
/// # Errors
///
/// The first syntax error.
pub fn parse(text: &str, options: &Options<'_>) -> Result<Script, SyntaxError> {
    cursor::Cursor::new(text, options)
        .and_then(cursor::Cursor::script)
        .map_err(|error| *error)
}
