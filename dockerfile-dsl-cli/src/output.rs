//! Output of the tool: results for machines to stdout, everything for people to stderr, colour on a terminal or on request. Names
//! of files and images are escaped before they reach a terminal: see [`printable`].

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ValueEnum;
use dockerfile_dsl_analysis::printable;

/// Whether output for people is coloured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

static COLOR: OnceLock<Color> = OnceLock::new();
static IS_QUIET: AtomicBool = AtomicBool::new(false);

/// Suppresses all output for people except errors.
pub(crate) fn set_quiet() {
    IS_QUIET.store(true, Ordering::Relaxed);
}

/// Whether only errors are shown.
pub(crate) fn is_quiet() -> bool {
    IS_QUIET.load(Ordering::Relaxed)
}

/// Sets the colour mode of the process. The first call counts.
pub(crate) fn set_color(color: Color) {
    let _ = COLOR.set(color);
}

/// Whether stderr shows colours.
pub(crate) fn has_colour() -> bool {
    match COLOR.get().copied().unwrap_or_default() {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            let is_unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            io::stderr().is_terminal() && !is_unwanted
        }
    }
}

/// Writes a result. A reader that stops early is not an error.
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

/// Writes JSON, escaped.
pub(crate) fn answer_json(text: &str) -> io::Result<()> {
    answer(&escape_json(text))
}

/// Escapes the control characters in JSON, which can only occur inside strings.
pub(crate) fn escape_json(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, character| {
        if printable::steers(character) && character != '\n' {
            for unit in character.encode_utf16(&mut [0; 2]) {
                out += &format!("\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
        out
    })
}

/// Returns a path as messages show it, with control characters escaped.
pub(crate) fn shown(path: &Path) -> String {
    printable::printable(&path.display().to_string())
}

/// Writes to people. A failure cannot be reported anywhere.
pub(crate) fn tell(text: &str) {
    tell_styled(&printable::printable_lines(text));
}

/// Writes coloured text, in which all names are already escaped.
pub(crate) fn tell_styled(text: &str) {
    if !is_quiet() {
        write(text);
    }
}

fn write(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Reports an error.
pub(crate) fn complain(message: &str) {
    warn(&format!("error: {message}\n"));
}

/// Writes what people read even where they want to read errors only.
pub(crate) fn warn(text: &str) {
    write(&printable::printable_lines(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_follows_the_option() {
        set_color(Color::Always);
        assert!(has_colour());
        // The first decision counts.
        set_color(Color::Never);
        assert!(has_colour());
    }
}
