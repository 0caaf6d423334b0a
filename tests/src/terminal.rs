//! What a terminal shows, as SVG: a still picture or a recording. Without scripts, fonts or anything from elsewhere.
//!
//! In: the output of a program, plain (rustc) or with the escape sequences of colours. Out: the text of the picture, the same
//! bytes for the same input.

mod colours;
mod svg;

pub use colours::{ansi, rustc};
pub use svg::{picture, recording};

use std::path::Path;

/// Colour of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// That of the terminal.
    Plain,
    /// Errors.
    Red,
    /// Warnings.
    Yellow,
    /// Additions, and the prompt.
    Green,
    /// Line numbers and frames.
    Blue,
    /// Help and notes.
    Cyan,
}

/// A piece of a line in one colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The text, without line ends.
    pub text: String,
    /// Its colour.
    pub colour: Colour,
    /// Whether it is bold.
    pub is_bold: bool,
}

impl Piece {
    /// Creates a piece.
    #[must_use]
    pub fn new(text: impl Into<String>, colour: Colour, is_bold: bool) -> Self {
        Self {
            text: text.into(),
            colour,
            is_bold,
        }
    }
}

/// One line.
pub type Line = Vec<Piece>;

/// A command, and what the terminal shows after it.
#[derive(Debug, Clone)]
pub struct Scene {
    /// The text at the prompt.
    pub command: String,
    /// The lines of the output.
    pub output: Vec<Line>,
}

/// Continues lines that are too long on the next line, at a blank if possible, and indented as their begin.
#[must_use]
pub fn wrapped(lines: Vec<Line>, columns: usize) -> Vec<Line> {
    lines
        .into_iter()
        .flat_map(|line| wrap(line, columns))
        .collect()
}

fn wrap(line: Line, columns: usize) -> Vec<Line> {
    let characters: Vec<(char, Colour, bool)> = line
        .iter()
        .flat_map(|piece| piece.text.chars().map(|c| (c, piece.colour, piece.is_bold)))
        .collect();
    let indent = characters.iter().take_while(|(c, ..)| *c == ' ').count();
    let (mut lines, mut rest) = (Vec::new(), &characters[..]);
    let mut width = columns;
    while rest.len() > width {
        let blank = rest[..=width].iter().rposition(|(c, ..)| *c == ' ');
        let end = blank.filter(|blank| *blank > indent).unwrap_or(width);
        lines.push(&rest[..end]);
        rest = &rest[end..];
        rest = &rest[rest.iter().take_while(|(c, ..)| *c == ' ').count()..];
        width = columns - indent;
    }
    lines.push(rest);
    let blanks = Piece::new(" ".repeat(indent), Colour::Plain, false);
    let later = |index: usize| (index > 0 && indent > 0).then(|| blanks.clone());
    let lines = lines.into_iter().enumerate();
    lines
        .map(|(index, line)| later(index).into_iter().chain(pieces(line)).collect())
        .collect()
}

/// Joins neighbours of the same form.
fn pieces(characters: &[(char, Colour, bool)]) -> Line {
    let mut line = Line::new();
    for &(character, colour, is_bold) in characters {
        match line.last_mut() {
            Some(last) if (last.colour, last.is_bold) == (colour, is_bold) => {
                last.text.push(character)
            }
            _ => line.push(Piece::new(character, colour, is_bold)),
        }
    }
    line
}

/// Compares a picture with its file. `DOCKERFILE_DSL_UPDATE=1` writes the file.
///
/// # Panics
///
/// If the file is another picture, or cannot be written.
#[track_caller]
pub fn compare(picture: &str, file: &Path) {
    if std::env::var_os("DOCKERFILE_DSL_UPDATE").is_some() {
        std::fs::write(file, picture).expect("can be written");
    }
    assert!(
        std::fs::read_to_string(file).unwrap_or_default() == picture,
        "{} is not the picture of today: DOCKERFILE_DSL_UPDATE=1 writes it",
        file.display()
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &[Line]) -> Vec<String> {
        let text = |line: &Line| line.iter().map(|piece| &*piece.text).collect();
        lines.iter().map(text).collect()
    }

    #[test]
    fn long_lines_continue_at_a_blank_and_keep_their_indentation() {
        let line = vec![
            Piece::new("  red ", Colour::Red, true),
            Piece::new("and plain", Colour::Plain, false),
        ];
        let lines = wrapped(vec![line], 10);
        assert_eq!(texts(&lines), ["  red and", "  plain"]);
        assert_eq!(lines[0][0], Piece::new("  red ", Colour::Red, true));
        assert_eq!(
            texts(&wrapped(rustc("0123456789ab"), 10)),
            ["0123456789", "ab"]
        );
    }
}
