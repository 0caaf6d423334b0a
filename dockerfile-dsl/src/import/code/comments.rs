//! The comments of a file, each with the instruction that it is above or inside.
//!
//! In: the text, and the spans of its instructions in order. Out: the lines of the comments, without `#`. Directives and
//! `# dockerfile-dsl:` comments are not among them: they have a meaning.

use dockerfile_dsl_analysis::Span;

/// Comments that were not taken yet.
pub(super) struct Comments<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Comments<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Returns the comments before the end of an instruction.
    pub(super) fn before(&mut self, instruction: Span) -> Vec<String> {
        let above = self.text.get(self.at..instruction.start).unwrap_or("");
        let inside = instruction.of(self.text);
        self.at = instruction.end;
        let mut lines = of_lines(above);
        // A line of a here-document is no comment of the file.
        if !inside.contains("<<") {
            lines.extend(of_lines(inside));
        }
        lines
    }

    /// Returns the comments after the last instruction.
    pub(super) fn rest(self) -> Vec<String> {
        of_lines(self.text.get(self.at..).unwrap_or(""))
    }
}

fn of_lines(text: &str) -> Vec<String> {
    let comments = text.lines().filter_map(|line| {
        let comment = line.trim_start().strip_prefix('#')?.trim();
        (!comment.is_empty() && !has_meaning(comment)).then(|| comment.replace('\t', " "))
    });
    comments.collect()
}

/// Whether BuildKit or the check acts on it, or would if it were written at another place.
fn has_meaning(comment: &str) -> bool {
    let comment = comment.trim_start_matches(|c: char| c == '#' || c.is_whitespace());
    let is_directive = comment.split_once('=').is_some_and(|(name, _)| {
        let name = name.trim().to_ascii_lowercase();
        matches!(name.as_str(), "syntax" | "escape" | "check")
    });
    is_directive || comment.starts_with("dockerfile-dsl:") || comment.contains('\0')
}
