//! The window with its lines. Each piece of text has its place and its width, so that columns are straight in every font.

use std::fmt::Write as _;

use super::{Colour, Line, Piece, Scene};

/// Width of a character, and distance of two lines.
const COLUMN: f64 = 8.4;
const ROW: f64 = 20.0;
const MARGIN: f64 = 18.0;
const FONT_SIZE: u8 = 14;

/// Seconds between two typed characters, before an output, after it, and at the end of a recording.
const TYPED: f64 = 0.07;
const BEFORE: f64 = 0.5;
const AFTER: f64 = 3.5;
const LAST: f64 = 6.0;

const STYLE: &str = include_str!("style.css");

/// Renders lines as a window. `title` and `description` are for screen readers.
#[must_use]
pub fn picture(title: &str, description: &str, lines: &[Line]) -> String {
    let mut window = Window::new(title, description, lines, "");
    for (row, line) in lines.iter().enumerate() {
        window.line(row, line, 0, "");
    }
    window.end()
}

/// Renders commands that are typed and answered one after the other, again and again. Who prefers no motion sees the last screen.
#[must_use]
pub fn recording(title: &str, description: &str, scenes: &[Scene]) -> String {
    let prompt = Piece::new("$ ", Colour::Green, true);
    let command = |scene: &Scene| Piece::new(&scene.command, Colour::Plain, false);
    let lines: Vec<Line> = scenes
        .iter()
        .flat_map(|scene| {
            let typed = vec![prompt.clone(), command(scene)];
            [typed].into_iter().chain(scene.output.iter().cloned())
        })
        .collect();
    // The moments at which something appears.
    let mut moments = Vec::new();
    let mut now = BEFORE;
    for scene in scenes {
        let characters = scene.command.chars().count();
        for _ in 0..=characters {
            moments.push(now);
            now += TYPED;
        }
        now += BEFORE;
        moments.push(now);
        now += AFTER;
    }
    let total = now - AFTER + LAST;
    let mut window = Window::new(title, description, &lines, &frames(&moments, total));
    let (mut row, mut moment) = (0, 0);
    for scene in scenes {
        window.line(row, std::slice::from_ref(&prompt), 0, &class(moment));
        for (column, character) in scene.command.chars().enumerate() {
            moment += 1;
            let piece = Piece::new(character, Colour::Plain, false);
            window.line(row, &[piece], 2 + column, &class(moment));
        }
        moment += 1;
        for line in &scene.output {
            row += 1;
            window.line(row, line, 0, &class(moment));
        }
        (row, moment) = (row + 1, moment + 1);
    }
    window.end()
}

fn class(moment: usize) -> String {
    format!(" f{moment}")
}

/// The style of the moments: hidden before, visible from then on.
fn frames(moments: &[f64], total: f64) -> String {
    let mut style = String::from("@media(prefers-reduced-motion:no-preference){\n");
    for (index, moment) in moments.iter().enumerate() {
        let part = moment / total * 100.0;
        let _ = writeln!(
            style,
            "@keyframes k{index}{{0%{{opacity:0}}{part:.2}%,100%{{opacity:1}}}}\
             .f{index}{{animation:k{index} {total:.2}s step-end infinite}}"
        );
    }
    style + "}\n"
}

struct Window(String);

impl Window {
    fn new(title: &str, description: &str, lines: &[Line], style: &str) -> Self {
        let columns = lines.iter().map(width).max().unwrap_or(0);
        let width = number(columns) * COLUMN + 2.0 * MARGIN;
        let height = number(lines.len()) * ROW + 2.0 * MARGIN;
        let (right, bottom) = (width - 1.0, height - 1.0);
        let (title, description) = (escaped(title), escaped(description));
        Self(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
             width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\" aria-labelledby=\"t d\">\n\
             <title id=\"t\">{title}</title>\n<desc id=\"d\">{description}</desc>\n\
             <style>\n{STYLE}{style}</style>\n\
             <rect class=\"window\" x=\"0.5\" y=\"0.5\" width=\"{right:.0}\" \
             height=\"{bottom:.0}\" rx=\"8\"/>\n"
        ))
    }

    fn line(&mut self, row: usize, line: &[Piece], mut column: usize, class: &str) {
        let y = MARGIN + (number(row) + 0.75) * ROW;
        for piece in line {
            let text = piece.text.trim();
            let blanks = piece.text.chars().take_while(|c| *c == ' ').count();
            let x = MARGIN + number(column + blanks) * COLUMN;
            let length = number(text.chars().count()) * COLUMN;
            column += piece.text.chars().count();
            if text.is_empty() {
                continue;
            }
            let bold = if piece.is_bold { " bold" } else { "" };
            let colour = name(piece.colour);
            let _ = writeln!(
                self.0,
                "<text class=\"{colour}{bold}{class}\" x=\"{x:.1}\" y=\"{y:.0}\" \
                 font-size=\"{FONT_SIZE}\" textLength=\"{length:.1}\">{}</text>",
                escaped(text)
            );
        }
    }

    fn end(self) -> String {
        self.0 + "</svg>\n"
    }
}

/// A picture has far fewer rows and columns than that.
fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

fn width(line: &Line) -> usize {
    line.iter().map(|piece| piece.text.chars().count()).sum()
}

const fn name(colour: Colour) -> &'static str {
    match colour {
        Colour::Plain => "plain",
        Colour::Red => "red",
        Colour::Yellow => "yellow",
        Colour::Green => "green",
        Colour::Blue => "blue",
        Colour::Cyan => "cyan",
    }
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_has_its_column() {
        let line = vec![
            Piece::new("  a", Colour::Plain, false),
            Piece::new(" <b> ", Colour::Red, true),
        ];
        let picture = picture("one & two", "", &[line]);
        assert!(picture.contains("<title id=\"t\">one &amp; two</title>"));
        assert!(picture.contains("<text class=\"plain\" x=\"34.8\""));
        assert!(
            picture.contains("<text class=\"red bold\" x=\"51.6\""),
            "{picture}"
        );
        assert!(picture.contains("textLength=\"25.2\">&lt;b&gt;</text>"));
    }

    #[test]
    fn a_recording_shows_each_character_and_each_output_at_its_moment() {
        let scene = |command: &str| Scene {
            command: command.to_owned(),
            output: vec![vec![Piece::new("out", Colour::Plain, false)]],
        };
        let recording = recording("", "", &[scene("ab"), scene("c")]);
        // Prompt, two characters and the output; prompt, one character and the output.
        for moment in 0..7 {
            let shown = recording.matches(&format!(" f{moment}\"")).count();
            assert_eq!(shown, 1, "{moment}: {recording}");
        }
        assert_eq!(recording.matches("@keyframes").count(), 7);
    }
}
