//! Positions of the protocol, in the units that server and client agree on, and offsets in bytes.

use dockerfile_dsl_analysis::Span;

use super::protocol::{InitializeParams, Position, Range};

/// The unit of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units: what every client knows.
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    /// Returns the best unit that the client offers.
    pub(super) fn negotiated(parameters: &InitializeParams) -> Self {
        let general = parameters.capabilities.general.as_ref();
        let offered = general.and_then(|general| general.position_encodings.as_ref());
        let has = |kind: Self| {
            offered.is_some_and(|all| all.iter().any(|offered| offered == kind.name()))
        };
        if has(Self::Utf8) {
            Self::Utf8
        } else if has(Self::Utf32) && !has(Self::Utf16) {
            Self::Utf32
        } else {
            Self::Utf16
        }
    }

    /// Returns the name in the protocol.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 => "utf-16",
            Self::Utf32 => "utf-32",
        }
    }

    fn width(self, character: char) -> usize {
        match self {
            Self::Utf8 => character.len_utf8(),
            Self::Utf16 => character.len_utf16(),
            Self::Utf32 => 1,
        }
    }

    /// Returns the offset of a position. A column after the end of its line is the end, a line after the last one the end of the text,
    /// and a column inside a character its start.
    pub(super) fn offset(self, text: &str, position: Position) -> usize {
        let mut start = 0;
        for _ in 0..position.line {
            match text[start..].find('\n') {
                Some(length) => start += length + 1,
                None => return text.len(),
            }
        }
        let line = text[start..].split('\n').next().unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        let wanted = usize::try_from(position.character).unwrap_or(usize::MAX);
        let mut column = 0;
        for (at, character) in line.char_indices() {
            column += self.width(character);
            if column > wanted {
                return start + at;
            }
        }
        start + line.len()
    }

    /// Returns the position of an offset.
    pub(super) fn position(self, text: &str, offset: usize) -> Position {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &text[..offset];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let column: usize = before[start..].chars().map(|c| self.width(c)).sum();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Position::new(number(before.matches('\n').count()), number(column))
    }

    pub(super) fn range(self, text: &str, span: Span) -> Range {
        let end = span.end.max(span.start);
        Range {
            start: self.position(text, span.start),
            end: self.position(text, end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a\r\nü𝄞b\n";

    #[test]
    fn columns_are_in_the_unit_of_the_client() {
        let b = TEXT.find('b').expect("is there");
        for (encoding, column) in [
            (Encoding::Utf8, 6),
            (Encoding::Utf16, 3),
            (Encoding::Utf32, 2),
        ] {
            let position = Position::new(1, column);
            assert_eq!(encoding.position(TEXT, b), position);
            assert_eq!(encoding.offset(TEXT, position), b);
        }
    }

    #[test]
    fn a_position_outside_of_the_text_is_its_nearest_one() {
        let offset = |line, column| Encoding::Utf16.offset(TEXT, Position::new(line, column));
        assert_eq!(offset(0, 99), 1, "before the line ending");
        assert_eq!(offset(1, 2), TEXT.find('𝄞').expect("is there"), "inside");
        assert_eq!(offset(2, 0), TEXT.len());
        assert_eq!(offset(9, 9), TEXT.len());
        assert_eq!(offset(u32::MAX, u32::MAX), TEXT.len());
        assert_eq!(Encoding::Utf16.offset("", Position::new(0, 5)), 0);
        assert_eq!(Encoding::Utf8.position(TEXT, 99), Position::new(2, 0));
    }
}
