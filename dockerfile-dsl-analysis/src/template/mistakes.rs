//! Mistakes in a script: text for which the shell's meaning is not the author's.
//!
//! In: a [`Template`]. Out: each mistake with its span.

use super::{Template, between};
use crate::Span;

impl Template {
    /// Returns the mistakes with their spans: text for which the shell's meaning is not the author's.
    #[must_use]
    pub fn mistakes(&self) -> Vec<(Span, String)> {
        let text = self.text.as_str();
        let mut mistakes = unreadable(text);
        let start = text.len() - text.trim_start().len();
        if text[start..].starts_with("#!") {
            let end = text[start..]
                .find('\n')
                .map_or(text.len(), |length| start + length);
            let message =
                "a `#!` line has no effect here, as RUN starts the shell itself: leave it out";
            mistakes.push((Span::new(start, end), message.to_owned()));
        }
        for span in self.paths_in_braces() {
            let path = &text[span.start + 1..span.end - 1];
            let name = path.rsplit("::").next().unwrap_or(path);
            mistakes.push((
                span,
                format!(
                    "`{{{path}}}` is not a hole: a hole is a plain name; write `{{{name}}}`, and \
                 `{name} = {path}` after the script"
                ),
            ));
        }
        for (span, name) in self.formats() {
            let written = &text[span.start..span.end];
            let message = format!(
                "`{written}` is not a hole: a hole has no format; write `{{{name}}}`; for the text \
                 write `\\{written}` outside quotes"
            );
            mistakes.push((span, message));
        }
        mistakes
    }

    /// Finds holes with a Rust format such as `{name:?}`, with their names.
    fn formats(&self) -> Vec<(Span, &str)> {
        let text = self.text.as_str();
        let format = |(at, _): (usize, &str)| {
            let inner = &text[at + 1..at + text[at..].find('}')?];
            let (name, format) = inner.split_once(':')?;
            let is_name = between(&format!("{{{name}}}"), "{", "}").is_some();
            let aligns = format.strip_prefix(['<', '>', '^']);
            let is_format = matches!(format, "?" | "#?")
                || aligns.is_some_and(|width| width.parse::<u16>().is_ok());
            let is_free = !text[..at].ends_with(['$', '\\']);
            (is_name && is_format && is_free).then(|| (Span::new(at, at + inner.len() + 2), name))
        };
        text.match_indices('{').filter_map(format).collect()
    }

    /// Finds `{module::NAME}`, except in a subscript of Perl or a parameter: a Rust path that was meant as a hole.
    fn paths_in_braces(&self) -> Vec<Span> {
        let text = self.text.as_str();
        let is_path = |inner: &str| {
            let mut parts = 0;
            let all = inner.split("::").all(|part| {
                parts += 1;
                !part.is_empty()
                    && !part.starts_with(|c: char| c.is_ascii_digit())
                    && part.chars().all(|c| c.is_alphanumeric() || c == '_')
            });
            all && parts > 1
        };
        let mut spans = Vec::new();
        for (at, _) in text.match_indices('{') {
            let Some(length) = text[at..].find('}') else {
                break;
            };
            let before = text[..at].chars().next_back();
            let is_free = before.is_none_or(|c| !c.is_alphanumeric() && !"_$%@&{\\".contains(c));
            if is_free && is_path(&text[at + 1..at + length]) {
                spans.push(Span::new(at, at + length + 1));
            }
        }
        spans
    }
}

/// Returns invisible characters that a shell would read as part of a word, with their spans.
#[must_use]
pub fn unreadable(text: &str) -> Vec<(Span, String)> {
    let mut mistakes = Vec::new();
    if text.starts_with('\u{feff}') {
        let message = "a byte-order mark: a shell reads it as part of the first word; save the \
                       text without it";
        mistakes.push((Span::new(0, 3), message.to_owned()));
    }
    if let Some(at) = text.find("\r\n") {
        let message = "a carriage return: a shell reads it as part of the last word; save the text \
                       with LF line ends";
        mistakes.push((Span::new(at, at + 1), message.to_owned()));
    }
    mistakes
}
