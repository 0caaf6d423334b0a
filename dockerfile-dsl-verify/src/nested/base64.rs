//! Base64 around compressed data: a release of Helm, a file in a Kubernetes secret, cloud user data.
//!
//! A value in base64 is a needle of the search. If it was compressed before, its needles do not match, so the text has to be
//! decoded. Line ends and indentation may occur anywhere, also as `
//! ` in a string.

use std::io::{self, BufRead, Read};

/// Decodes the head of a text into `out`. Returns the number of bytes.
pub(super) fn decode_head(head: &[u8], out: &mut [u8]) -> usize {
    Digits::default().decode(head, out).1
}

/// Decodes base64 up to the first byte that is not part of it.
pub(super) struct Decoder<'a> {
    input: &'a mut dyn BufRead,
    digits: Digits,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(input: &'a mut dyn BufRead) -> Self {
        Self {
            input,
            digits: Digits::default(),
        }
    }
}

impl Read for Decoder<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let text = self.input.fill_buf()?;
            let (taken, written) = self.digits.decode(text, out);
            self.input.consume(taken);
            // Blanks alone decode to nothing, but are not the end.
            if written > 0 || taken == 0 {
                return Ok(written);
            }
        }
    }
}

/// Digits that are not a whole byte yet.
#[derive(Debug, Default)]
struct Digits {
    bits: u32,
    bit_count: u32,
    is_escape: bool,
    is_ended: bool,
}

impl Digits {
    /// Decodes as much as is available and fits. Returns the bytes read and written.
    fn decode(&mut self, text: &[u8], out: &mut [u8]) -> (usize, usize) {
        let (mut taken, mut written) = (0, 0);
        while let (Some(&byte), false) = (text.get(taken), self.is_ended || written == out.len()) {
            taken += 1;
            let digit = match byte {
                b'\\' => {
                    self.is_escape = true;
                    continue;
                }
                b' ' | b'\t' | b'\r' | b'\n' => None,
                b'n' | b'r' | b't' if self.is_escape => None,
                b'A'..=b'Z' => Some(byte - b'A'),
                b'a'..=b'z' => Some(byte - b'a' + 26),
                b'0'..=b'9' => Some(byte - b'0' + 52),
                b'+' | b'-' => Some(62),
                b'/' | b'_' => Some(63),
                _ => {
                    self.is_ended = true;
                    taken -= usize::from(byte != b'=');
                    break;
                }
            };
            self.is_escape = false;
            let Some(digit) = digit else { continue };
            self.bits = self.bits << 6 | u32::from(digit);
            self.bit_count += 6;
            if self.bit_count >= 8 {
                self.bit_count -= 8;
                out[written] = (self.bits >> self.bit_count) as u8;
                written += 1;
            }
        }
        (taken, written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        // For any block size.
        for size in [1, 2, 3, 7, 100] {
            let mut input = io::BufReader::with_capacity(size, text.as_bytes());
            let mut decoded = String::new();
            let read = Decoder::new(&mut input).read_to_string(&mut decoded);
            assert_eq!((read.unwrap(), &decoded[..]), (expected.len(), expected));
        }
    }

    #[test]
    fn text_with_line_ends_and_what_follows_it() {
        check("bGlnaHQgd29yay4=", "light work.");
        check("bGlnaHQgd29yay4", "light work.");
        check("bGln\r\n  aHQgd2\\n\\\\r9yay4\" and more", "light work.");
        check("bGlnaHQgd29yay4=bGln", "light work.");
        // As PHP writes it, and the alphabet of URLs.
        check("Pz8\\/Pz8_Pz8-", "????????>");
        check("", "");
        check("=", "");
    }
}
