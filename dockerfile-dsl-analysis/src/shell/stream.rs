//! A script as a stream of commands: its tree would take many times the memory of its text.
//!
//! In: a script's text. Out: the first syntax error of the whole text, or its commands, one after the other. Invariant: they are those of
//! the tree that [`super::parse`] returns. Each pass parses them again.

use super::cursor::{Cursor, Result};
use super::{Item, Options, SyntaxError, Visit};

/// A script without a syntax error.
#[derive(Debug)]
pub(crate) struct Stream<'t> {
    cursor: Cursor<'t>,
    /// Whether the last pass over the text began with extended globs.
    extended_globs: bool,
    lookahead: usize,
}

impl<'t> Stream<'t> {
    /// Parses the whole text, and keeps nothing of it.
    pub(crate) fn new(
        text: &'t str,
        options: &Options<'t>,
    ) -> std::result::Result<Self, SyntaxError> {
        let checked = || -> Result<Self> {
            let cursor = Cursor::new(text, options)?;
            let mut stream = Self {
                extended_globs: cursor.extended_globs,
                lookahead: cursor.lookahead,
                cursor,
            };
            stream.pass()?;
            // The bodies of here-documents are known after the first pass.
            if !stream.cursor.bodies.is_empty() {
                stream.extended_globs = stream.cursor.extended_globs;
                stream.cursor.begin_again();
                stream.pass()?;
            }
            Ok(stream)
        };
        checked().map_err(|error| *error)
    }

    fn pass(&mut self) -> Result<()> {
        while self.cursor.item()?.is_some_and(|(_, goes_on)| goes_on) {}
        self.cursor.at_its_end()
    }

    /// Returns the commands of the outermost list. No text is skipped: what cannot be parsed again is an error.
    pub(crate) fn items(&mut self) -> impl Iterator<Item = std::result::Result<Item, SyntaxError>> {
        let cursor = &mut self.cursor;
        cursor.begin_again();
        cursor.extended_globs = self.extended_globs;
        cursor.lookahead = self.lookahead;
        let mut goes_on = true;
        std::iter::from_fn(move || {
            if !goes_on {
                return None;
            }
            let next = cursor.item().transpose()?;
            goes_on = matches!(next, Ok((_, true)));
            Some(next.map(|(item, _)| item).map_err(|error| *error))
        })
    }

    /// Visits all commands.
    pub(crate) fn visit(
        &mut self,
        visitor: &mut impl Visit,
    ) -> std::result::Result<(), SyntaxError> {
        self.items()
            .try_for_each(|item| item.map(|item| visitor.and_or(&item.and_or)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::{Dialect, parse};

    const BASH: Options<'static> = Options {
        dialect: Dialect::Bash,
        holes: &[],
        place: super::super::Place::Whole,
    };

    #[test]
    fn the_commands_of_a_stream_are_those_of_the_tree() {
        for text in [
            "",
            "# nothing",
            "a; b & c\nd && e || f | g",
            "cat <<A; cat <<-B\n$(cat <<C\nx\nC\n)\nA\n\ty\n\tB\nz",
            "shopt -s extglob\necho @(a|b)\nx=1",
            "((a = 1))\n(( (b) ))\nif a; then b; fi",
            "f() {\n a <<E\nb\nE\n}; f",
        ] {
            let tree = parse(text, &BASH).expect("it has no error").list.items;
            let mut stream = Stream::new(text, &BASH).expect("it has no error");
            for _ in 0..2 {
                let items: std::result::Result<Vec<_>, _> = stream.items().collect();
                assert_eq!(items.as_ref(), Ok(&tree), "{text}");
            }
        }
    }

    #[test]
    fn the_errors_of_a_stream_are_those_of_the_tree() {
        for text in [
            "a\nb )",
            "a;; b",
            "a\n'b",
            "cat <<A\n$(\nA",
            "a\nif b; then",
        ] {
            let error = parse(text, &BASH).err();
            assert!(error.is_some(), "{text}");
            assert_eq!(Stream::new(text, &BASH).err(), error, "{text}");
        }
    }
}
