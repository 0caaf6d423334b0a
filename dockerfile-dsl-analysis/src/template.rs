//! The text of a script with holes: the string literal of `sh!`.
//!
//! In: the text as the author wrote it. Out: a [`Template`]: the script, and the spans of its holes.
//! Braces belong to the shell: only `{ident}` that does not follow a `$` is a hole, `{{ident}}` is the text `{ident}`, and every other
//! brace is text. In a script with Go templates, `{{end}}` and `{{else}}` are theirs. Indentation is removed as in the crate `indoc`.

mod mistakes;

use crate::Span;
use crate::holes::{Hole, Quote};

pub use mistakes::unreadable;

/// A script with holes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template {
    /// The script, with its holes as `{name}`.
    pub text: String,
    /// The holes in text order: name, and span including the braces.
    pub holes: Vec<(String, Span)>,
    /// Number of lines of the author's text before the script's first line.
    pub lines_before: usize,
    /// Whether the author's text is also a Rust format string with the same holes in the same order.
    pub is_format_string: bool,
}

impl Template {
    /// Parses a script from a string literal: indented, with holes.
    #[must_use]
    pub fn parse(written: &str) -> Self {
        let (text, lines_before) = unindent(written);
        let mut template = Self {
            lines_before,
            ..Self::default()
        };
        template.push_with_holes(&text);
        template.is_format_string = format_holes(written).is_some_and(|names| {
            names
                .iter()
                .copied()
                .eq(template.holes.iter().map(|(name, _)| name.as_str()))
        });
        template
    }

    /// Parses a value that is not a script: holes as in a script, every other character literal.
    #[must_use]
    pub fn value(written: &str) -> Self {
        let mut template = Self::default();
        template.push_with_holes(written);
        template
    }

    /// Parses a script file: plain shell, in which no brace is a hole. Each name becomes a variable that is assigned before the first line.
    #[must_use]
    pub fn file(text: &str, assigned: &[&str]) -> Self {
        let mut template = Self::default();
        for name in assigned {
            template.text.push_str(name);
            template.text.push('=');
            template.push_hole(name);
            template.text.push('\n');
        }
        template.text.push_str(text);
        template
    }

    /// Returns the holes for the analysis.
    #[must_use]
    pub fn holes(&self) -> Vec<Hole<'_>> {
        self.holes
            .iter()
            .map(|(name, span)| Hole::new(name, *span))
            .collect()
    }

    /// Whether a backslash directly before this hole would escape the first character of its value.
    #[must_use]
    pub fn is_escaped(&self, hole: usize, quote: Quote) -> bool {
        let before = self
            .holes
            .get(hole)
            .map_or("", |(_, span)| &self.text[..span.start]);
        let backslashes = before.len() - before.trim_end_matches('\\').len();
        matches!(
            quote,
            Quote::Bare | Quote::Double | Quote::Nested | Quote::HereDocument
        ) && backslashes % 2 == 1
    }

    /// Returns the text with a shell variable in place of each hole.
    #[must_use]
    pub fn as_variables(&self) -> String {
        let holes = &self.holes;
        self.pieces()
            .map(|piece| match piece {
                TemplatePiece::Text(text) => text.to_owned(),
                TemplatePiece::Hole(hole) => format!("${}", holes[hole].0),
            })
            .collect()
    }

    /// Returns the text between the holes, and the holes' indices, in order.
    pub fn pieces(&self) -> impl Iterator<Item = TemplatePiece<'_>> {
        let mut pieces = Vec::new();
        let mut end = 0;
        for (index, (_, span)) in self.holes.iter().enumerate() {
            if end < span.start {
                pieces.push(TemplatePiece::Text(&self.text[end..span.start]));
            }
            pieces.push(TemplatePiece::Hole(index));
            end = span.end;
        }
        if end < self.text.len() {
            pieces.push(TemplatePiece::Text(&self.text[end..]));
        }
        pieces.into_iter()
    }

    fn push_with_holes(&mut self, text: &str) {
        let mut rest = text;
        let is_go = has_go_actions(text);
        while let Some(at) = rest.find('{') {
            self.text.push_str(&rest[..at]);
            let brace = &rest[at..];
            let dollar = self.text.ends_with('$');
            if let Some(name) =
                between(brace, "{{", "}}").filter(|name| is_go && GO_KEYWORDS.contains(name))
            {
                self.text.push_str(&brace[..name.len() + 4]);
                rest = &brace[name.len() + 4..];
            } else if let Some(name) = between(brace, "{{", "}}") {
                self.text.push('{');
                self.text.push_str(name);
                self.text.push('}');
                rest = &brace[name.len() + 4..];
            } else if let Some(name) = between(brace, "{", "}").filter(|_| !dollar) {
                self.push_hole(name);
                rest = &brace[name.len() + 2..];
            } else {
                self.text.push('{');
                rest = &brace[1..];
            }
        }
        self.text.push_str(rest);
    }

    fn push_hole(&mut self, name: &str) {
        let start = self.text.len();
        self.text.push('{');
        self.text.push_str(name);
        self.text.push('}');
        self.holes
            .push((name.to_owned(), Span::new(start, self.text.len())));
    }
}

/// A piece of a [`Template`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplatePiece<'a> {
    /// Text of the script.
    Text(&'a str),
    /// The hole with that index.
    Hole(usize),
}

/// Go template actions of one word.
const GO_KEYWORDS: [&str; 4] = ["end", "else", "break", "continue"];

/// Whether the text contains a Go template (`docker inspect -f '{{range .A}}{{.B}}{{end}}'`), in which `{{end}}` is an action.
fn has_go_actions(text: &str) -> bool {
    text.match_indices("{{").any(|(at, _)| {
        let action = &text[at..];
        action.contains("}}") && !action.starts_with("{{{") && between(action, "{{", "}}").is_none()
    })
}

/// Returns the identifier between `open` and `close` at the start of the text.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(open)?;
    let end = rest
        .find(|character: char| !(character.is_alphanumeric() || character == '_'))
        .unwrap_or(rest.len());
    let name = &rest[..end];
    let starts = name.starts_with(|character: char| character.is_alphabetic() || character == '_');
    (starts && name != "_" && rest[end..].starts_with(close)).then_some(name)
}

/// Returns the names of the holes, if the text is a format string with plain named holes only.
fn format_holes(text: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let brace = &rest[at..];
        rest = if brace.starts_with("{{") || brace.starts_with("}}") {
            &brace[2..]
        } else {
            let name = between(brace, "{", "}")?;
            names.push(name);
            &brace[name.len() + 2..]
        };
    }
    Some(names)
}

/// Removes the common indentation of all lines but the first, an empty first line, and empty lines at the end. Returns the number of lines
/// that it removed at the start, too.
fn unindent(text: &str) -> (String, usize) {
    let is_blank = |line: &str| line.bytes().all(|byte| matches!(byte, b' ' | b'\t'));
    let mut lines: Vec<&str> = text.split('\n').collect();
    let mut indent = usize::MAX;
    for line in &lines[1..] {
        if !is_blank(line) {
            indent = indent.min(line.len() - line.trim_start_matches([' ', '\t']).len());
        }
    }
    if indent == usize::MAX {
        indent = 0;
    }
    for line in &mut lines[1..] {
        // A line of blanks may be shorter.
        *line = line.get(indent..).unwrap_or_default();
    }
    let lines_before = usize::from(lines.len() > 1 && lines[0].is_empty());
    let mut lines = &lines[lines_before..];
    // A trailing backslash escapes the line end, so the next line stays.
    while let [.., before, last] = lines
        && is_blank(last)
        && !before.ends_with('\\')
    {
        lines = &lines[..lines.len() - 1];
    }
    (lines.join("\n"), lines_before)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Holes are shown as `<name>`.
    #[track_caller]
    fn check(written: &str, expected: &str) {
        let template = Template::parse(written);
        let shown: String = template
            .pieces()
            .map(|piece| match piece {
                TemplatePiece::Text(text) => text.to_owned(),
                TemplatePiece::Hole(index) => format!("<{}>", template.holes[index].0),
            })
            .collect();
        assert_eq!(shown, expected, "{written:?}");
    }

    #[track_caller]
    fn check_format_string(written: &str, expected: bool) {
        assert_eq!(
            Template::parse(written).is_format_string,
            expected,
            "{written:?}"
        );
    }

    #[test]
    fn an_identifier_in_braces_is_a_hole() {
        check("cat {token} > {Dest_2}", "cat <token> > <Dest_2>");
        check("{a}{b}", "<a><b>");
        check("{größe}", "<größe>");
    }

    #[test]
    fn every_other_brace_is_text() {
        for text in [
            "${HOME}",
            "{}",
            "{ }",
            "{ a; }",
            "{a;}",
            "{a,b}",
            "{1}",
            "{1..3}",
            "a{",
            "}b",
            "{a",
            "${A:-b}",
            "f() { x; }",
            "{_}",
            "{a }",
            "{{.Name}}",
            "{{ a }}",
            "$${a}",
            "awk '{print $1}'",
            "{a.b}",
            "{{",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn doubled_braces_are_the_text_of_a_hole() {
        check("{{token}}", "{token}");
        check("{{{token}}}", "{{token}}");
        check("${{HOME}}", "${HOME}");
        check("{{a}", "{<a>");
        check("{{a} }", "{<a> }");
    }

    #[test]
    fn templates_of_go_are_text() {
        for text in [
            "docker inspect -f '{{range .A}}{{.B}}{{end}}' x",
            "docker ps --format '{{if .A}}a{{else}}b{{end}}'",
            "{{ end }}",
        ] {
            check(text, text);
        }
        check("{{end}}", "{end}");
        check("{{.A}} {{name}} {a}", "{{.A}} {name} <a>");
    }

    #[test]
    fn what_no_script_may_hold() {
        let told = |written: &str| {
            let template = Template::parse(written);
            let mistakes = template.mistakes();
            let texts = mistakes
                .iter()
                .map(|(span, _)| span.of(&template.text).to_owned());
            texts.collect::<Vec<String>>()
        };
        assert_eq!(told("\u{feff}a"), ["\u{feff}"]);
        assert_eq!(told("a\r\nb"), ["\r"]);
        assert_eq!(told("#!/bin/sh -e\na"), ["#!/bin/sh -e"]);
        assert_eq!(
            told("cat {s::TOKEN} {crate::a::B}"),
            ["{s::TOKEN}", "{crate::a::B}"]
        );
        for text in [
            "a",
            "printf 'a\\r'",
            "# !",
            "perl -e '$h{A::B}; %{A::B}; @{A::B}; ${A::B}'",
            "{a:b}",
            "{::a}",
            "a{b::c}",
        ] {
            assert_eq!(told(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn indentation_goes_as_indoc_does_it() {
        for text in [
            "",
            "\n",
            "a",
            "\n  a\n   b\n  ",
            "  a\n  b",
            "\n\ta\n\n\tb\n",
            "a\n  b\n    c",
            "\n    a\n  \n      b",
            "\n  a\n      \n  b",
        ] {
            assert_eq!(unindent(text).0, expected_of(text), "{text:?}");
        }
    }

    /// Expected texts from indoc's documentation, without empty lines at the end.
    fn expected_of(text: &str) -> &'static str {
        match text {
            "" | "\n" => "",
            "a" => "a",
            "\n  a\n   b\n  " => "a\n b",
            "  a\n  b" => "  a\nb",
            "\n\ta\n\n\tb\n" => "a\n\nb",
            "a\n  b\n    c" => "a\nb\n  c",
            "\n    a\n  \n      b" => "a\n\n  b",
            "\n  a\n      \n  b" => "a\n    \nb",
            _ => unreachable!("every text has its line"),
        }
    }

    #[test]
    fn a_continued_line_keeps_its_end() {
        check("\n  a \\\n  \n", "a \\\n");
    }

    #[test]
    fn format_strings_are_recognised() {
        check_format_string("cat {a} {b}", true);
        check_format_string("no holes", true);
        check_format_string("{{a}} {a}", true);
        check_format_string("${HOME} {a}", false);
        check_format_string("awk '{print}' {a}", true);
        check_format_string("f() { x; }; {a}", false);
        check_format_string("{} {a}", false);
    }

    #[test]
    fn holes_can_be_shown_as_variables() {
        assert_eq!(
            Template::parse("`{tmp}/x` ${A} {}").as_variables(),
            "`$tmp/x` ${A} {}"
        );
    }

    #[test]
    fn a_file_has_no_holes_but_assignments() {
        let template = Template::file("cat $T {x}", &["T"]);
        assert_eq!(template.text, "T={T}\ncat $T {x}");
        assert_eq!(template.holes, [("T".to_owned(), Span::new(2, 5))]);
    }
}
