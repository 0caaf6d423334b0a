//! Encodings of a value at the place where it is found: their names, and the decoders for structured secrets.

use std::fmt;

use super::piece::{Buffer, FRAGMENT};

macro_rules! encodings {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// Encoding of a value at the place where it is found.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Encoding { $($(#[$doc])* $name,)* }

        impl Encoding {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name in machine-readable output.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

encodings! {
    /// As it is.
    Raw = "raw";
    /// Base64, at any alignment, on one line or wrapped.
    Base64 = "base64";
    /// Base64 with `-` and `_`.
    Base64Url = "base64url";
    /// Base64 of base64: a `docker/config.json` inside a Kubernetes secret.
    Base64Base64 = "base64(base64)";
    /// Base64 three deep.
    Base64Base64Base64 = "base64(base64(base64))";
    /// Base64 of UTF-16: `powershell -EncodedCommand`.
    Base64Utf16 = "base64(utf-16le)";
    /// Base32 of either case, at any alignment.
    Base32 = "base32";
    /// Uuencode.
    Uuencode = "uuencode";
    /// Hexadecimal digits.
    Hex = "hex";
    /// Hexadecimal digits with blanks, colons or commas between the bytes.
    HexList = "hex-list";
    /// A list of decimal numbers.
    Numbers = "numbers";
    /// Percent-encoding of reserved characters, or of every byte.
    Percent = "percent";
    /// Quoted-printable of mail.
    QuotedPrintable = "quoted-printable";
    /// Escapes of JSON strings.
    Json = "json";
    /// Quoting of a shell.
    Shell = "shell";
    /// A literal of a programming language.
    Literal = "literal";
    /// Quotes, dollars or percent signs doubled: SQL, CSV, YAML, compose.
    Doubled = "doubled";
    /// Entities of XML and HTML.
    Xml = "xml";
    /// UTF-16, little-endian.
    Utf16Le = "utf-16le";
    /// UTF-16, big-endian.
    Utf16Be = "utf-16be";
    /// UTF-32, little-endian.
    Utf32Le = "utf-32le";
    /// UTF-32, big-endian.
    Utf32Be = "utf-32be";
    /// The last byte first.
    Reversed = "reversed";
    /// One of them inside another.
    Twice = "two-encodings";
    /// Characters in any mixture of literal and encoded forms.
    Mixed = "mixed";
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Decodes base64 of either alphabet, padded or not.
#[must_use]
pub fn decode_base64<B: Buffer>(text: &[u8]) -> Option<B> {
    let text: &[u8] = text
        .strip_suffix(b"==")
        .or_else(|| text.strip_suffix(b"="))
        .unwrap_or(text);
    let mut out = B::with_capacity(text.len() * 3 / 4 + 1);
    let (mut bits, mut count) = (0_u32, 0);
    for &byte in text {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    (count < 6).then_some(out)
}

/// Decodes hexadecimal digits of a key, which has at least 16 bytes.
pub(super) fn decode_hex<B: Buffer>(text: &[u8]) -> Option<B> {
    if text.len() < 2 * FRAGMENT || text.len() & 1 == 1 {
        return None;
    }
    let mut out = B::with_capacity(text.len() / 2);
    for pair in text.chunks_exact(2) {
        let digit = |byte: u8| char::from(byte).to_digit(16);
        out.push((digit(pair[0])? << 4 | digit(pair[1])?) as u8);
    }
    Some(out)
}

pub(super) fn decode_percent<B: Buffer>(text: &[u8]) -> B {
    let mut out = B::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let byte = text
            .get(at + 1..at + 3)
            .filter(|_| text[at] == b'%')
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(byte.unwrap_or(text[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    out
}

/// Decodes the entities of XML that have names.
pub(super) fn decode_xml<B: Buffer>(text: &[u8]) -> B {
    let mut out = B::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        let entity = ENTITIES
            .iter()
            .find_map(|(byte, name)| Some((*byte, rest.strip_prefix(name.as_bytes())?)));
        let (byte, left) = entity.unwrap_or((first, after));
        out.push(byte);
        rest = left;
    }
    out
}

const ENTITIES: &[(u8, &str)] = &[
    (b'&', "&amp;"),
    (b'<', "&lt;"),
    (b'>', "&gt;"),
    (b'"', "&quot;"),
    (b'\'', "&apos;"),
];
