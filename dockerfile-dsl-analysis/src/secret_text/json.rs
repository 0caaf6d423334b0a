//! Parser of a JSON document to its strings and numbers, each with its key.
//!
//! In: bytes. Out: calls of a visitor, in text order; none if the bytes are not JSON by RFC 8259.
//! Different from the parser in `dockerfile/json.rs`, which accepts what Go accepts, and only lists of strings.

use super::piece::Buffer;
use super::text::utf8;

/// Max. nesting; beyond it a text is not JSON, as in serde_json.
const DEPTH: usize = 128;

/// A value without members.
pub(super) enum Scalar<'a> {
    String(&'a str),
    /// As written.
    Number(&'a str),
}

/// Calls `visit` with each key and value. An element of a list has the key of the list. Returns whether the text is JSON.
pub(super) fn visit<B: Buffer>(text: &[u8], visit: &mut dyn FnMut(&str, Scalar<'_>)) -> bool {
    // Parsed twice, so that a text with a later syntax error is not visited.
    let read = |visit: &mut dyn FnMut(&str, Scalar<'_>)| {
        let mut reader = JsonReader { text, at: 0 };
        reader.value::<B>("", DEPTH, visit)?;
        reader.blanks();
        (reader.at == text.len()).then_some(())
    };
    utf8(text).is_some() && read(&mut |_, _| ()).is_some() && read(visit).is_some()
}

struct JsonReader<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> JsonReader<'t> {
    fn value<B: Buffer>(
        &mut self,
        key: &str,
        depth: usize,
        visit: &mut dyn FnMut(&str, Scalar<'_>),
    ) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match self.peek()? {
            b'{' => self.items(b'}', |reader| {
                let key = reader.string::<B>()?;
                reader.token(b':')?;
                reader.value::<B>(utf8(&key)?, depth, visit)
            }),
            b'[' => self.items(b']', |reader| reader.value::<B>(key, depth, visit)),
            b'"' => {
                let text = self.string::<B>()?;
                visit(key, Scalar::String(utf8(&text)?));
                Some(())
            }
            b'-' | b'0'..=b'9' => {
                let number = self.number()?;
                visit(key, Scalar::Number(number));
                Some(())
            }
            _ => ["true", "false", "null"]
                .iter()
                .any(|word| self.skip(word))
                .then_some(()),
        }
    }

    /// Parses the items between an opening bracket and `close`.
    fn items(&mut self, close: u8, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.at += 1;
        if self.peek()? == close {
            self.at += 1;
            return Some(());
        }
        loop {
            item(self)?;
            match self.peek()? {
                b',' => self.at += 1,
                byte if byte == close => {
                    self.at += 1;
                    return Some(());
                }
                _ => return None,
            }
        }
    }

    fn string<B: Buffer>(&mut self) -> Option<B> {
        self.token(b'"')?;
        let mut end = self.at;
        while *self.text.get(end)? != b'"' {
            end += if self.text[end] == b'\\' { 2 } else { 1 };
        }
        // A decoded escape is not longer than the escape.
        let mut out = B::with_capacity(end - self.at);
        loop {
            match self.next()? {
                b'"' => return Some(out),
                b'\\' => {
                    let character = self.escape()?;
                    out.extend(character.encode_utf8(&mut [0; 4]).bytes());
                }
                0..0x20 => return None,
                byte => out.push(byte),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.next()? {
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.unit()?;
                let units = if (0xd800..0xdc00).contains(&first) {
                    self.skip("\\u").then_some(())?;
                    [Some(first), Some(self.unit()?)]
                } else {
                    [Some(first), None]
                };
                char::decode_utf16(units.into_iter().flatten())
                    .next()?
                    .ok()?
            }
            _ => return None,
        })
    }

    fn unit(&mut self) -> Option<u16> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.iter().try_fold(0, |unit, &digit| {
            let digit = char::from(digit).to_digit(16)?;
            Some(unit << 4 | u16::try_from(digit).ok()?)
        })
    }

    fn number(&mut self) -> Option<&'t str> {
        let start = self.at;
        self.skip("-");
        if !self.skip("0") {
            self.digits()?;
        }
        if self.skip(".") {
            self.digits()?;
        }
        if self.skip("e") || self.skip("E") {
            let _ = self.skip("+") || self.skip("-");
            self.digits()?;
        }
        utf8(&self.text[start..self.at])
    }

    fn digits(&mut self) -> Option<()> {
        let rest = &self.text[self.at..];
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        (count > 0).then_some(())
    }

    fn blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest
            .iter()
            .take_while(|byte| b" \t\r\n".contains(byte))
            .count();
    }

    /// Returns the next byte that is not a blank.
    fn peek(&mut self) -> Option<u8> {
        self.blanks();
        self.text.get(self.at).copied()
    }

    fn token(&mut self, token: u8) -> Option<()> {
        (self.peek()? == token).then(|| self.at += 1)
    }

    fn next(&mut self) -> Option<u8> {
        let byte = *self.text.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// Consumes the text if it is next.
    fn skip(&mut self, text: &str) -> bool {
        let starts = self.text[self.at..].starts_with(text.as_bytes());
        self.at += if starts { text.len() } else { 0 };
        starts
    }
}
