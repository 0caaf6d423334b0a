//! `$'..'`: the escapes of C.

use super::cursor::{Cursor, Result};
use super::tree::{Literal, Part, QuoteStyle, Quoted};

impl Cursor<'_> {
    /// Parses `$'..'` from its `$`.
    pub(super) fn ansi_c_quoted(&mut self) -> Result<Part> {
        let start = self.at;
        self.at += 2;
        let mut parts = Vec::new();
        let mut bytes = Vec::new();
        let mut from = self.at;
        loop {
            let rest = self.rest();
            let length = rest.find(['\'', '\\']).unwrap_or(rest.len());
            bytes.extend_from_slice(&rest.as_bytes()[..length]);
            self.at += length;
            match self.peek() {
                b'\\' => self.c_escape(&mut bytes)?,
                b'\'' => {
                    self.push_decoded(&mut parts, &mut bytes, from)?;
                    self.at += 1;
                    return Ok(Part::Quoted(Quoted {
                        span: self.span(start),
                        style: QuoteStyle::AnsiC,
                        parts,
                    }));
                }
                _ => {
                    self.push_decoded(&mut parts, &mut bytes, from)?;
                    match self.take_hole() {
                        Some(hole) => parts.push(Part::Hole(hole)),
                        None => return Err(self.unclosed(start, "$'", "'")),
                    }
                    from = self.at;
                }
            }
        }
    }

    fn push_decoded(&self, parts: &mut Vec<Part>, bytes: &mut Vec<u8>, from: usize) -> Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let Ok(text) = String::from_utf8(std::mem::take(bytes)) else {
            return Err(self.error(from, self.at, "these escapes do not make up UTF-8 text"));
        };
        if text.contains('\0') {
            return Err(self.error(from, self.at, "a shell word cannot hold a NUL character"));
        }
        parts.push(Part::Literal(Literal {
            span: self.span(from),
            text: text.into(),
        }));
        Ok(())
    }

    fn c_escape(&mut self, bytes: &mut Vec<u8>) -> Result<()> {
        let start = self.at;
        self.at += 1;
        self.no_hole_behind(start, "\\")?;
        let character = self.take_char();
        let decoded = match character {
            "n" => b'\n',
            "t" => b'\t',
            "r" => b'\r',
            "a" => 7,
            "b" => 8,
            "e" | "E" => 27,
            "f" => 12,
            "v" => 11,
            "\\" | "'" | "\"" | "?" => character.as_bytes()[0],
            "x" => match self.number(16, 2) {
                Some(number) => number as u8,
                None => return self.keep(bytes, start),
            },
            "u" | "U" => {
                match self.number(16, if character == "u" { 4 } else { 8 }) {
                    Some(number) => {
                        let Some(decoded) = char::from_u32(number) else {
                            return Err(self.error(start, self.at, "invalid character escape"));
                        };
                        bytes.extend_from_slice(decoded.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                    None => return self.keep(bytes, start),
                }
                return Ok(());
            }
            "c" => self.take_char().bytes().next().unwrap_or(0) & 0x1f,
            _ if matches!(character.as_bytes(), [b'0'..=b'7']) => {
                self.at -= 1;
                self.number(8, 3).unwrap_or(0) as u8
            }
            _ => return self.keep(bytes, start),
        };
        bytes.push(decoded);
        Ok(())
    }

    /// Keeps a sequence that is not an escape as literal text.
    fn keep(&self, bytes: &mut Vec<u8>, start: usize) -> Result<()> {
        bytes.extend_from_slice(&self.text.as_bytes()[start..self.at]);
        Ok(())
    }

    /// Parses a number of at most `most` digits.
    fn number(&mut self, radix: u32, most: usize) -> Option<u32> {
        let length = self
            .rest()
            .bytes()
            .take(most)
            .take_while(|&byte| char::from(byte).is_digit(radix))
            .count();
        let number = u32::from_str_radix(&self.rest()[..length], radix).ok();
        self.at += length;
        number
    }
}
