//! Here-documents: the words of a line that start one, and the lines that belong to it.

use super::{HereDocument, SourceText, expand};
use crate::Span;

/// `<<NAME`, before its body is read.
#[derive(Debug, Clone)]
pub(super) struct Opening {
    pub(super) name: String,
    pub(super) descriptor: String,
    pub(super) strip_tabs: bool,
    pub(super) quoted: bool,
}

impl Opening {
    /// Whether a line (without its line end) ends the here-document.
    pub(super) fn is_end(&self, line: &str) -> bool {
        let line = if self.strip_tabs {
            line.trim_start_matches('\t')
        } else {
            line
        };
        line == self.name
    }

    pub(super) fn with_body(self, word: Span, raw: &SourceText, span: Span) -> HereDocument {
        let body = if self.strip_tabs {
            without_tabs(raw)
        } else {
            raw.clone()
        };
        let Self {
            name,
            descriptor,
            strip_tabs,
            quoted,
        } = self;
        HereDocument {
            name,
            descriptor,
            strip_tabs,
            quoted,
            word,
            body,
            span,
        }
    }
}

/// The here-documents of a joined line.
pub(super) struct Openings {
    /// The here-documents that it starts, with their spans in the line.
    pub(super) found: Vec<(Opening, Span)>,
    /// The error if BuildKit cannot split the line (an unbalanced quote, an unknown substitution): it then starts none.
    pub(super) unsplit: Option<expand::ExpandError>,
}

/// Finds the here-documents in a joined line.
pub(super) fn openings(line: &str) -> Result<Openings, expand::ExpandError> {
    let (words, unsplit) = match expand::raw_words(line) {
        Ok(words) => (words, None),
        Err(why) => (Vec::new(), Some(why)),
    };
    let mut found = Vec::new();
    for word in words {
        found.extend(opening(&word.text)?.map(|opening| (opening, word.span)));
    }
    Ok(Openings { found, unsplit })
}

/// Parses the here-document that a word starts: digits, `<<`, an optional `-`, and a delimiter of one word without `<`.
pub(super) fn opening(word: &str) -> Result<Option<Opening>, expand::ExpandError> {
    let rest = word.trim_start_matches(|char: char| char.is_ascii_digit());
    let descriptor = &word[..word.len() - rest.len()];
    let Some(rest) = rest.strip_prefix("<<") else {
        return Ok(None);
    };
    let (strip_tabs, rest) = rest
        .strip_prefix('-')
        .map_or((false, rest), |rest| (true, rest));
    let delimiter = rest.trim_start_matches(['\t', '\n', '\u{c}', '\r', ' ']);
    if delimiter.is_empty() || delimiter.contains('<') {
        return Ok(None);
    }
    let words = expand::delimiter_words(delimiter, false)?;
    let [name] = words.as_slice() else {
        return Ok(None);
    };
    let quotes = |text: &str| text.matches(['\'', '"']).count();
    let with_quotes = expand::delimiter_words(delimiter, true)?;
    let quoted = with_quotes
        .first()
        .is_none_or(|raw| quotes(&raw.text) != quotes(&name.text));
    Ok(Some(Opening {
        name: name.text.clone(),
        descriptor: descriptor.to_owned(),
        strip_tabs,
        quoted,
    }))
}

fn without_tabs(raw: &SourceText) -> SourceText {
    let mut body = SourceText::empty_at(raw.whole().start);
    let mut at = 0;
    for line in raw.split_inclusive('\n') {
        let tabs = line.len() - line.trim_start_matches('\t').len();
        body.push_slice(raw, at + tabs, at + line.len());
        at += line.len();
    }
    body
}
