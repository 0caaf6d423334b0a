//! Colours of the output of programs: of rustc, whose text is stored without them, and of escape sequences.

use super::{Colour, Line, Piece};

/// Colours a diagnostic as rustc does on a terminal.
#[must_use]
pub fn rustc(text: &str) -> Vec<Line> {
    let mut marks = Vec::new();
    let lines = text.lines();
    lines
        .map(|line| diagnostic_line(line, &mut marks))
        .collect()
}

/// `marks`: the colour of each column in the last line with `^` and `-`, for the bars and labels below it.
fn diagnostic_line(line: &str, marks: &mut Vec<Colour>) -> Line {
    let blue = |text: &str| Piece::new(text, Colour::Blue, true);
    let plain = |text: &str| Piece::new(text, Colour::Plain, false);
    if line.starts_with("error") {
        let (kind, rest) = line.split_at(line.find(": ").unwrap_or(line.len()));
        return vec![
            Piece::new(kind, Colour::Red, true),
            Piece::new(rest, Colour::Plain, true),
        ];
    }
    let (indent, rest) = line.split_at(line.len() - line.trim_start().len());
    if let Some(place) = rest.strip_prefix("--> ") {
        return vec![blue(&format!("{indent}--> ")), plain(place)];
    }
    for kind in ["note", "help"] {
        if let Some(message) = rest.strip_prefix(&format!("= {kind}")) {
            return vec![
                blue(&format!("{indent}= ")),
                Piece::new(kind, Colour::Plain, true),
                plain(message),
            ];
        }
    }
    match line.split_once('|') {
        Some((gutter, labels)) if gutter.trim().is_empty() => {
            let mut pieces = vec![blue(&format!("{gutter}|"))];
            pieces.extend(label_line(labels, marks));
            pieces
        }
        Some((gutter, code)) if gutter.trim().chars().all(|c| c.is_ascii_digit()) => {
            vec![blue(&format!("{gutter}|")), plain(code)]
        }
        _ => vec![plain(line)],
    }
}

/// Colours primary labels red and the others blue. A bar has the colour of the mark above it, and so has the label that begins there.
fn label_line(text: &str, marks: &mut Vec<Colour>) -> Line {
    let has_marks = text.contains('^');
    let (mut colour, mut is_in_label) = (Colour::Blue, false);
    let mut colours = Vec::new();
    for (column, character) in text.chars().enumerate() {
        let above = marks.get(column).copied().unwrap_or(Colour::Blue);
        match character {
            _ if is_in_label || character == ' ' => {}
            '^' => colour = Colour::Red,
            '-' => colour = Colour::Blue,
            '|' => colour = above,
            _ => {
                is_in_label = true;
                colour = if has_marks { colour } else { above };
            }
        }
        colours.push(colour);
    }
    let pieces = text.chars().zip(&colours);
    let line = pieces
        .map(|(c, &colour)| Piece::new(c, colour, true))
        .collect();
    if has_marks {
        *marks = colours;
    }
    line
}

/// Reads the sequences that select colours; others are dropped.
#[must_use]
pub fn ansi(text: &str) -> Vec<Line> {
    let (mut colour, mut is_bold) = (Colour::Plain, false);
    let mut lines = Vec::new();
    for text in text.lines() {
        let mut line = Line::new();
        let mut parts = text.split("\x1b[");
        let mut add = |text: &str, colour, is_bold| {
            if !text.is_empty() {
                line.push(Piece::new(text, colour, is_bold));
            }
        };
        add(parts.next().unwrap_or_default(), colour, is_bold);
        for part in parts {
            let end = part.find(char::is_alphabetic).unwrap_or(part.len());
            let (codes, rest) = part.split_at(end);
            if rest.starts_with('m') {
                for code in codes.split(';') {
                    match code {
                        "" | "0" => (colour, is_bold) = (Colour::Plain, false),
                        "1" => is_bold = true,
                        "31" | "91" => colour = Colour::Red,
                        "32" | "92" => colour = Colour::Green,
                        "33" | "93" => colour = Colour::Yellow,
                        "34" | "94" => colour = Colour::Blue,
                        "36" | "96" => colour = Colour::Cyan,
                        _ => {}
                    }
                }
            }
            add(rest.get(1..).unwrap_or_default(), colour, is_bold);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_has_the_colours_of_rustc() {
        let text =
            "error[E0277]: it leaks\n --> a.rs:1:2\n  |\n1 | code();\n  | ^^-- hole\n  | script";
        let lines = rustc(text);
        let first: Vec<Colour> = lines.iter().map(|line| line[0].colour).collect();
        let blue = Colour::Blue;
        assert_eq!(first, [Colour::Red, blue, blue, blue, blue, blue]);
        assert_eq!(lines[3][1], Piece::new(" code();", Colour::Plain, false));
        let last: Vec<Colour> = lines
            .iter()
            .map(|line| line[line.len() - 1].colour)
            .collect();
        assert_eq!(last[4..], [Colour::Blue, Colour::Red]);
        let flow = rustc("          flow: a | b");
        assert_eq!(
            flow[0],
            [Piece::new("          flow: a | b", Colour::Plain, false)]
        );
    }

    #[test]
    fn escape_sequences_become_colours() {
        let lines = ansi("a\x1b[1m\x1b[91mred\x1b[0m z\n\x1b[2Kb");
        let red = Piece::new("red", Colour::Red, true);
        let plain = |text| Piece::new(text, Colour::Plain, false);
        assert_eq!(
            lines,
            [vec![plain("a"), red, plain(" z")], vec![plain("b")]]
        );
    }
}
