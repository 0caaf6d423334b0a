//! BuildKit's word splitting of the rest of an instruction, and the parsing of its flags.
//!
//! In: a line with its positions. Out: parts of it. Whether quotes are respected depends on the instruction, as in BuildKit.

use super::{Escape, Flag, SourceText};
use crate::Span;

/// Whether it separates keywords and plain words.
pub(super) const fn is_separator(byte: u8) -> bool {
    matches!(byte, b'\t' | 0x0b | 0x0c | b'\r' | b' ')
}

/// The part of `text` from `start` to `end`, without blanks at both ends.
pub(super) fn trimmed(text: &str, start: usize, end: usize) -> Span {
    let part = &text[start..end];
    let from = start + (part.len() - part.trim_start().len());
    Span::new(from, from + part.trim().len())
}

/// Splits at blanks; quotes have no meaning.
pub(super) fn plain(source: &SourceText) -> Vec<SourceText> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, byte) in source.bytes().enumerate() {
        if !is_separator(byte) {
            start.get_or_insert(at);
        } else if let Some(start) = start.take() {
            words.push(source.slice(start, at));
        }
    }
    words.extend(start.map(|start| source.slice(start, source.len())));
    words
}

/// Splits at blanks outside quotes and keeps quotes and escapes, as ENV, LABEL and ARG do.
pub(super) fn quoted(source: &SourceText, escape: Escape) -> Vec<SourceText> {
    let escape = escape.char();
    let mut words = Vec::new();
    let (mut start, mut quote) = (None, None);
    let mut chars = source.char_indices().peekable();
    let mut end = source.len();
    while let Some((at, char)) = chars.next() {
        if quote.is_none() && char.is_whitespace() {
            words.extend(start.take().map(|start| source.slice(start, at)));
            continue;
        }
        start.get_or_insert(at);
        if char == escape && quote != Some('\'') {
            // A trailing escape character is dropped.
            if chars.next().is_none() {
                end = at;
            }
        } else if quote == Some(char) {
            quote = None;
        } else if quote.is_none() && matches!(char, '\'' | '"') {
            quote = Some(char);
        }
    }
    words.extend(
        start
            .filter(|start| *start < end)
            .map(|start| source.slice(start, end)),
    );
    words
}

/// Parses the flags at the start of `line[from..]`, and returns where the rest starts.
///
/// BuildKit reads them byte by byte: a byte over 0x7f is a character (`é` becomes `Ã©`), and 0x85 and 0xa0 are blanks.
pub(super) fn flags(line: &SourceText, from: usize, escape: Escape) -> (Vec<Flag>, usize) {
    let bytes = line.as_bytes();
    let escape = u32::from(escape.char());
    let is_space = |byte: u8| char::from(byte).is_whitespace();
    let mut flags = Vec::new();
    let mut at = from;
    loop {
        while at < bytes.len() && is_space(bytes[at]) {
            at += 1;
        }
        if !bytes[at..].starts_with(b"--") {
            return (flags, at);
        }
        let start = at;
        let mut word = SourceText::empty_at(line.offset(start));
        let mut quote = None;
        while at < bytes.len() {
            let mut byte = bytes[at];
            if quote.is_none() && is_space(byte) {
                break;
            }
            let first = at;
            at += 1;
            if quote == Some(byte) {
                quote = None;
                continue;
            }
            if quote.is_none() && matches!(byte, b'\'' | b'"') {
                quote = Some(byte);
                continue;
            }
            if u32::from(byte) == escape {
                let Some(escaped) = bytes.get(at) else { break };
                byte = *escaped;
                at += 1;
            }
            let offset = line.offset(at - 1);
            if byte.is_ascii() && at - first == 1 {
                word.push_str(char::from(byte).encode_utf8(&mut [0; 4]), offset);
            } else {
                word.push_decoded(char::from(byte).encode_utf8(&mut [0; 4]), offset, 1);
            }
        }
        if word == "--" {
            return (flags, at);
        }
        // Where a blank inside a character ends the flag, the span covers the whole character.
        let shown = (at..=line.len())
            .find(|end| line.is_char_boundary(*end))
            .unwrap_or(at);
        let span = line.span(Span::new(start, shown));
        let (name, value) = match word.find('=') {
            Some(equals) => (
                word.slice(2, equals),
                Some(word.slice(equals + 1, word.len())),
            ),
            None => (word.slice(2, word.len()), None),
        };
        flags.push(Flag { name, value, span });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str], rest: &str) {
        let line = SourceText::verbatim(text, 100);
        let (flags, at) = flags(&line, 0, Escape::Backslash);
        let show = |flag: &Flag| match &flag.value {
            Some(value) => format!("{}={value}", flag.name),
            None => flag.name.to_string(),
        };
        assert_eq!(
            (flags.iter().map(show).collect::<Vec<_>>(), &text[at..]),
            (
                expected.iter().map(|flag| (*flag).to_owned()).collect(),
                rest
            )
        );
    }

    #[test]
    fn flags_are_unquoted_once() {
        check("--a --b=c d", &["a", "b=c"], "d");
        check("--a='x y'\"z\\\"\"\\  --b= -c", &["a=x yz\" ", "b="], "-c");
        check("--a=\\", &["a="], "");
        check("-- --foo", &[], " --foo");
        check("'--mount=x' y", &[], "'--mount=x' y");
        check("--", &[], "");
    }

    #[test]
    fn flags_are_read_byte_by_byte() {
        check("--a=é x", &["a=Ã©"], "x");
        check("--a=\u{a0}x", &["a=Â"], "x");
        let line = SourceText::verbatim("--a=\u{c5} x", 0);
        let (flags, _) = super::flags(&line, 0, Escape::Backslash);
        assert_eq!(flags[0].span.of(&line), "--a=\u{c5}");
    }

    #[test]
    fn flag_values_know_their_places() {
        let line = SourceText::verbatim("--a=\"b\\\"c\"", 100);
        let (flags, _) = flags(&line, 0, Escape::Backslash);
        let value = flags[0].value.as_ref().expect("there is a value");
        assert_eq!(
            (value.as_str(), value.span(Span::new(2, 3))),
            ("b\"c", (108..109).into())
        );
        assert_eq!(flags[0].span, (100..110).into());
    }
}
