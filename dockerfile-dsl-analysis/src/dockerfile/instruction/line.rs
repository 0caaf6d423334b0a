//! Splits a logical line into keyword, flags and the rest.

use crate::Span;
use crate::dockerfile::json::{self, JsonArray};
use crate::dockerfile::{Escape, Flag, HereDocument, ReadError, SourceText, words};

/// A here-document, and its body with all tabs.
pub(in crate::dockerfile) struct Document {
    pub(in crate::dockerfile) raw: SourceText,
    pub(in crate::dockerfile) document: HereDocument,
}

/// A logical line, split into its parts.
pub(in crate::dockerfile) struct Line<'a> {
    pub(super) text: &'a SourceText,
    pub(super) escape: Escape,
    /// Span in the joined text.
    pub(in crate::dockerfile) keyword: Span,
    /// In upper case.
    pub(super) name: String,
    pub(super) flags: Vec<Flag>,
    /// The text after the flags.
    pub(super) rest: SourceText,
    /// The rest as JSON, for the instructions that accept it.
    pub(super) json: Option<Vec<SourceText>>,
    /// The instruction after ONBUILD.
    pub(super) inner: Option<Box<Line<'a>>>,
}

impl<'a> Line<'a> {
    /// Splits the instruction that starts at offset `from` of the line.
    pub(in crate::dockerfile) fn split(
        text: &'a SourceText,
        from: usize,
        escape: Escape,
    ) -> Result<Self, ReadError> {
        let line = words::trimmed(text, from, text.len());
        let bytes = line.of(text).as_bytes();
        let length = bytes
            .iter()
            .position(|byte| words::is_separator(*byte))
            .unwrap_or(bytes.len());
        let keyword = Span::new(line.start, line.start + length);
        let name = keyword.of(text).to_ascii_uppercase();
        // A quote that is open in a flag does not keep the blanks at the end of the line.
        let trimmed = (line.end < text.len()).then(|| text.slice(0, line.end));
        let (flags, rest) = words::flags(trimmed.as_ref().unwrap_or(text), keyword.end, escape);
        if !text.is_char_boundary(rest) {
            let message = "a flag is cut inside a character, because BuildKit reads flags byte by \
                           byte: use ASCII in flags";
            return Err(ReadError::new(text.whole(), message));
        }
        let rest = words::trimmed(text, rest, text.len());
        let mut split = Self {
            text,
            escape,
            keyword,
            name,
            flags,
            rest: text.slice(rest.start, rest.end),
            json: None,
            inner: None,
        };
        let json_at = match split.name.as_str() {
            "ADD" | "CMD" | "COPY" | "ENTRYPOINT" | "RUN" | "SHELL" | "VOLUME" => Some(0),
            "HEALTHCHECK" => split
                .rest
                .find(|char: char| char.is_ascii_whitespace() || char == '\u{b}'),
            _ => None,
        };
        if let Some(at) = json_at {
            match json::array(&split.rest.slice(at, split.rest.len())) {
                JsonArray::Strings(strings) => split.json = Some(strings),
                JsonArray::Invalid => {}
                JsonArray::Mixed => {
                    let message =
                        "when using JSON array syntax, arrays must be comprised of strings only";
                    return Err(ReadError::new(split.rest.whole(), message));
                }
            }
        }
        if split.name == "ONBUILD" && rest.start < rest.end {
            // BuildKit parses the stored instruction of ONBUILD again, with the default escape character.
            let is_blank = |byte| matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ');
            let follows = text[keyword.end..rest.start].bytes().all(is_blank);
            let inner = match Self::after_mark(text, rest.start) {
                Some(inner) if follows => inner,
                _ => Self::split(text, rest.start, Escape::Backslash)?,
            };
            split.inner = Some(Box::new(inner));
        }
        Ok(split)
    }

    /// Splits a stored instruction after a byte-order mark, which BuildKit drops when it reads it again as a whole file. Until then it
    /// does not know its keyword: none of those below.
    fn after_mark(text: &'a SourceText, from: usize) -> Option<Self> {
        let rest = text[from..].strip_prefix('\u{feff}')?;
        let line = Self::split(text, text.len() - rest.len(), Escape::Backslash).ok()?;
        let is_other = matches!(
            line.name.as_str(),
            "ENV" | "FROM" | "LABEL" | "MAINTAINER" | "ONBUILD"
        );
        let has_here_document = line.may_have_here_documents() && rest.contains("<<");
        (!is_other && !has_here_document).then_some(line)
    }

    pub(in crate::dockerfile) fn may_have_here_documents(&self) -> bool {
        let line = self.inner.as_deref().unwrap_or(self);
        matches!(line.name.as_str(), "ADD" | "COPY" | "RUN") && line.json.is_none()
    }
}
