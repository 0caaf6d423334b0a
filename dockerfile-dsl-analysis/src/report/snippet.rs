//! Shows the position of a [`Finding`] in a script, the flow of the value, and the fix.
//!
//! In: a finding, and the text that its spans refer to. Out: some lines of text, with carets. Shared by `sh!`, scripts that are parsed at
//! run time, and whole Dockerfiles.

use std::fmt::Write as _;

use crate::span::floor_char_boundary;
use crate::{Finding, LineIndex, Span, WayStep};

/// A text that is shown to its author.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    /// The author's name for it: `script`, or the name of a file.
    pub name: &'a str,
    /// The text that the spans refer to.
    pub text: &'a str,
    /// The lines of the text.
    lines: LineIndex,
    /// Number of lines that were added before the author's first line (and are not counted).
    pub lines_added: usize,
    /// Number of the author's lines before the text's first line.
    pub lines_before: usize,
}

impl<'a> Source<'a> {
    /// Creates a source that begins with the author's first line.
    #[must_use]
    pub fn new(name: &'a str, text: &'a str) -> Self {
        Self {
            name,
            text,
            lines: LineIndex::new(text),
            lines_added: 0,
            lines_before: 0,
        }
    }

    /// Adds lines at its start, or lines of the author before it.
    #[must_use]
    pub fn with_lines(self, lines_added: usize, lines_before: usize) -> Self {
        Self {
            lines_added,
            lines_before,
            ..self
        }
    }

    /// Returns line and column of an offset, both from 1, as the author counts them.
    #[must_use]
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let (line, column) = self.lines.position(self.text, offset);
        let line = (line + self.lines_before).saturating_sub(self.lines_added);
        (line.max(1), column)
    }

    /// Returns the first line of the span, with carets under it.
    #[must_use]
    pub fn snippet(&self, span: Span) -> String {
        let start = floor_char_boundary(self.text, span.start);
        let line_start = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = self.text[start..]
            .find('\n')
            .map_or(self.text.len(), |at| start + at);
        let end = floor_char_boundary(self.text, span.end).clamp(start, line_end);
        let width = |text: &str| {
            text.chars()
                .map(|character| if character == '\t' { 4 } else { 1 })
                .sum::<usize>()
        };
        let (line, column) = self.position(start);
        let place = if self.name == "script" {
            format!("script line {line}")
        } else {
            format!("{}:{line}:{column}", self.name)
        };
        format!(
            "{place}:\n    {}\n    {}{}",
            crate::masked(&self.text[line_start..line_end]).replace('\t', "    "),
            " ".repeat(width(&self.text[line_start..start])),
            "^".repeat(width(&self.text[start..end]).max(1)),
        )
    }

    /// Returns the position, the flow and the fix of a finding.
    #[must_use]
    pub fn explain(&self, finding: &Finding) -> String {
        let mut text = self.snippet(finding.span);
        if !finding.way.is_empty() {
            text.push_str("\nflow:");
            for WayStep {
                span, text: step, ..
            } in &finding.way
            {
                let (line, _) = self.position(span.start);
                let _ = write!(text, "\n    line {line}: {step}");
            }
        }
        if let Some(help) = &finding.help {
            let _ = write!(text, "\nfix: {help}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rule;

    fn script() -> Source<'static> {
        Source::new("script", "a\n\tcat ü > /x\nb").with_lines(0, 1)
    }

    #[test]
    fn carets_stand_under_the_span() {
        let start = script().text.find("/x").unwrap();
        assert_eq!(
            script().snippet(Span::new(start, start + 2)),
            "script line 3:\n        cat ü > /x\n                ^^"
        );
    }

    #[test]
    fn a_span_of_several_lines_ends_with_the_first() {
        assert_eq!(
            script().snippet(Span::new(0, 99)),
            "script line 2:\n    a\n    ^"
        );
        assert_eq!(
            script().snippet(Span::new(99, 99)),
            "script line 4:\n    b\n     ^"
        );
    }

    #[test]
    fn a_file_is_named_with_line_and_column() {
        let file = Source::new("x.sh", "T={T}\ncat $T").with_lines(1, 0);
        assert_eq!(
            file.snippet(Span::new(10, 12)),
            "x.sh:1:5:\n    cat $T\n        ^^"
        );
    }

    #[test]
    fn the_way_and_the_fix_follow() {
        let mut finding = Finding::new(Rule::SecretInLayer, Span::new(0, 1), "m");
        finding.way = vec![WayStep {
            span: Span::new(2, 3),
            text: "read by `cat`".into(),
            code: crate::report::StepCode::Read,
            cause: None,
            program: Some("cat".into()),
            path: None,
            variable: None,
        }];
        finding.help = Some("do not".into());
        assert_eq!(
            script().explain(&finding),
            "script line 2:\n    a\n    ^\nflow:\n    line 3: read by `cat`\nfix: do not"
        );
    }
}
