//! Where the tool writes: answers for machines to stdout, everything for people to stderr, colour only on a terminal.

use std::io::{self, IsTerminal, Write};

/// Whether stderr shows colours.
pub(crate) fn has_colour() -> bool {
    let is_unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stderr().is_terminal() && !is_unwanted
}

/// Writes an answer. Whoever stops reading early has what it wanted.
pub(crate) fn answer(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}

/// Writes to people. There is no one left to tell if that fails.
pub(crate) fn tell(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Says what could not be done.
pub(crate) fn complain(message: &str) {
    tell(&format!("error: {message}\n"));
}
