//! A piece of a secret to every spelling in which it may be written: encodings, escapes, byte orders.
//! Out of an encoding comes only what the piece alone determines, whatever is before and after it.

use std::fmt;

use super::piece::{Buffer, Forms, Piece};

/// How a value is written at the place where it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Encoding {
    /// As it is.
    Raw,
    /// Base64, at any alignment, on one line or wrapped.
    Base64,
    /// Base64 with `-` and `_`.
    Base64Url,
    /// Base64 of base64: a `docker/config.json` inside a Kubernetes secret.
    Base64Base64,
    /// Base64 of UTF-16: `powershell -EncodedCommand`.
    Base64Utf16,
    /// Hexadecimal digits.
    Hex,
    /// Percent-encoding of what must be, or of every byte.
    Percent,
    /// Escapes of JSON strings.
    Json,
    /// Entities of XML and HTML.
    Xml,
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// The last byte first.
    Reversed,
}

impl Encoding {
    /// The name in machine-readable output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Base64 => "base64",
            Self::Base64Url => "base64url",
            Self::Base64Base64 => "base64(base64)",
            Self::Base64Utf16 => "base64(utf-16le)",
            Self::Hex => "hex",
            Self::Percent => "percent",
            Self::Json => "json",
            Self::Xml => "xml",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Reversed => "reversed",
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Returns the spellings of a piece, the plainest first.
#[must_use]
pub fn spellings<B: Buffer>(piece: &Piece<B>) -> Vec<(Encoding, B)> {
    let text = &piece.text[..];
    let mut forms: Vec<(Encoding, B)> = Vec::new();
    let mut add = |encoding, bytes: B| forms.push((encoding, bytes));
    if piece.forms != Forms::Encoded {
        add(Encoding::Raw, collect(text.iter().copied()));
        add(Encoding::Reversed, collect(text.iter().rev().copied()));
    }
    if piece.forms == Forms::Raw {
        return forms;
    }
    for escape in JSON_ESCAPES {
        add(Encoding::Json, json(text, *escape));
    }
    add(Encoding::Xml, xml(text));
    for shift in 0..3 {
        add(Encoding::Base64, base64(text, shift, STANDARD));
        add(Encoding::Base64Url, base64(text, shift, URL_SAFE));
    }
    for digits in [LOWER, UPPER] {
        let pairs = text.iter().flat_map(|&byte| hex(byte, digits));
        add(Encoding::Hex, collect(pairs));
        for kept in UNESCAPED {
            let escaped = |byte: u8| {
                !byte.is_ascii_alphanumeric() && !b"-._~".contains(&byte) && !kept.contains(&byte)
            };
            add(Encoding::Percent, percent(text, digits, escaped));
        }
        add(Encoding::Percent, percent(text, digits, |_| true));
    }
    add(Encoding::Percent, form(text));
    let little: B = wide(text, u16::to_le_bytes);
    // Where text that may be at any byte is long, the rarer encodings would only swell the index.
    if text.len() <= 1024 {
        for shift in 0..3 {
            add(Encoding::Base64Utf16, base64(&little, shift, STANDARD));
            let inner: B = base64(text, shift, STANDARD);
            for shift in 0..3 {
                add(Encoding::Base64Base64, base64(&inner, shift, STANDARD));
            }
        }
    }
    add(Encoding::Utf16Le, little);
    add(Encoding::Utf16Be, wide(text, u16::to_be_bytes));
    forms
}

/// Writes bytes into a buffer that has their number as its capacity from the start.
fn collect<B: Buffer>(bytes: impl Iterator<Item = u8> + Clone) -> B {
    let mut out = B::with_capacity(bytes.clone().count());
    out.extend(bytes);
    out
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const LOWER: &[u8; 16] = b"0123456789abcdef";
const UPPER: &[u8; 16] = b"0123456789ABCDEF";

/// The base64 characters that `text` alone determines where it begins `shift` bytes after a multiple of three.
fn base64<B: Buffer>(text: &[u8], shift: usize, alphabet: &[u8; 64]) -> B {
    let first = (shift * 8).div_ceil(6);
    let last = (shift + text.len()) * 8 / 6;
    let byte = |index: usize| {
        index
            .checked_sub(shift)
            .and_then(|index| text.get(index))
            .copied()
            .unwrap_or(0)
    };
    let mut out = B::with_capacity(last - first);
    out.extend((first..last).map(|character| {
        let bit = character * 6;
        let pair = u16::from_be_bytes([byte(bit / 8), byte(bit / 8 + 1)]);
        alphabet[usize::from(pair >> (10 - bit % 8) & 63)]
    }));
    out
}

fn hex(byte: u8, digits: &[u8; 16]) -> [u8; 2] {
    [
        digits[usize::from(byte >> 4)],
        digits[usize::from(byte & 15)],
    ]
}

fn percent<B: Buffer>(text: &[u8], digits: &[u8; 16], escaped: impl Fn(u8) -> bool) -> B {
    let mut out = B::with_capacity(text.len() * 3);
    for &byte in text {
        if escaped(byte) {
            out.push(b'%');
            out.extend(hex(byte, digits));
        } else {
            out.push(byte);
        }
    }
    out
}

/// What writers leave as it is beyond letters, digits and `-._~`: most nothing, Python the slash, JavaScript's
/// `encodeURIComponent` and Go's user part of a URL some punctuation.
const UNESCAPED: &[&[u8]] = &[b"", b"/", b"!'()*", b"$&+,;="];

/// As in the body of a form: a plus for a blank.
fn form<B: Buffer>(text: &[u8]) -> B {
    let escaped = |byte: u8| !byte.is_ascii_alphanumeric() && !b"-._* ".contains(&byte);
    let mut out: B = percent(text, UPPER, escaped);
    for byte in out.iter_mut() {
        if *byte == b' ' {
            *byte = b'+';
        }
    }
    out
}

/// Encodes text as UTF-16; bytes that are not UTF-8 are widened one by one, as Latin-1.
fn wide<B: Buffer>(text: &[u8], bytes: impl Fn(u16) -> [u8; 2]) -> B {
    let mut out = B::with_capacity(text.len() * 2);
    match std::str::from_utf8(text) {
        Ok(text) => out.extend(text.encode_utf16().flat_map(bytes)),
        Err(_) => out.extend(text.iter().flat_map(|&byte| bytes(byte.into()))),
    }
    out
}

/// What writers of JSON escape beyond the quote, the backslash and control characters.
#[derive(Clone, Copy)]
enum Json {
    /// Nothing more.
    Least,
    /// The slash: PHP.
    Slash,
    /// `<`, `>` and `&`: Go.
    Html,
    /// These, quotes, the plus and the grave accent, in capital digits: .NET.
    Net,
    /// What is not ASCII: Python.
    Ascii,
    /// Every character.
    All,
}

const JSON_ESCAPES: &[Json] = &[
    Json::Least,
    Json::Slash,
    Json::Html,
    Json::Net,
    Json::Ascii,
    Json::All,
];

fn json<B: Buffer>(text: &[u8], escape: Json) -> B {
    let Ok(text) = std::str::from_utf8(text) else {
        return B::with_capacity(0);
    };
    if matches!(escape, Json::All) && text.len() > 256 {
        return B::with_capacity(0);
    }
    let mut out = B::with_capacity(text.len() * 6);
    for character in text.chars() {
        let short = match character {
            '"' if !matches!(escape, Json::Net) => Some('"'),
            '\\' => Some('\\'),
            '\n' => Some('n'),
            '\r' => Some('r'),
            '\t' => Some('t'),
            '/' if matches!(escape, Json::Slash) => Some('/'),
            _ => None,
        };
        let long = match escape {
            Json::All => true,
            Json::Html => "<>&'".contains(character),
            Json::Net => "<>&'\"+`".contains(character) || !character.is_ascii(),
            Json::Ascii => !character.is_ascii(),
            Json::Least | Json::Slash => false,
        };
        match short {
            Some(short) if !matches!(escape, Json::All) => out.extend([b'\\', short as u8]),
            _ if long || character.is_ascii_control() => {
                let digits = if matches!(escape, Json::Net) {
                    UPPER
                } else {
                    LOWER
                };
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    let [high, low] = unit.to_be_bytes();
                    out.extend(b"\\u");
                    out.extend(hex(high, digits));
                    out.extend(hex(low, digits));
                }
            }
            _ => out.extend(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out
}

fn xml<B: Buffer>(text: &[u8]) -> B {
    let mut out = B::with_capacity(text.len() * "&quot;".len());
    for &byte in text {
        match ENTITIES.iter().find(|(character, _)| *character == byte) {
            Some((_, name)) => out.extend(name.bytes()),
            None => out.push(byte),
        }
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

#[cfg(test)]
mod tests {
    use super::super::tests::Plain;
    use super::*;

    #[track_caller]
    fn check(actual: Plain, expected: &str) {
        assert_eq!(String::from_utf8_lossy(&actual), expected);
    }

    #[test]
    fn base64_holds_only_what_the_text_determines() {
        check(base64(b"light work", 0, STANDARD), "bGlnaHQgd29ya"); // "bGlnaHQgd29yaw=="
        // ".light work" = "LmxpZ2h0IHdvcms="
        check(base64(b"light work", 1, STANDARD), "xpZ2h0IHdvcm");
        // "..light work" = "Li5saWdodCB3b3Jr"
        check(base64(b"light work", 2, STANDARD), "saWdodCB3b3Jr");
    }

    #[test]
    fn base64_of_the_whole_contains_each_alignment() {
        let value = b"p/s+s?w0rd~";
        for before in 0..6 {
            let mut text = vec![b'u'; before];
            text.extend(value);
            text.extend(b"\n.");
            let whole: Plain = base64(&text, 0, STANDARD);
            let needle: Plain = base64(value, before % 3, STANDARD);
            assert!(
                whole
                    .windows(needle.len())
                    .any(|window| window == &needle[..]),
                "{before}"
            );
        }
    }

    #[test]
    fn json_escapes_as_writers_do() {
        check(
            json("a\"b\\c/<\u{e9}\n".as_bytes(), Json::Least),
            "a\\\"b\\\\c/<\u{e9}\\n",
        );
        check(json(b"a/b", Json::Slash), "a\\/b");
        check(json(b"a&b<", Json::Html), "a\\u0026b\\u003c");
        check(json("\u{e9}".as_bytes(), Json::Ascii), "\\u00e9");
        check(json(b"A\n", Json::All), "\\u0041\\u000a");
    }

    #[test]
    fn percent_escapes_what_must_be_or_all() {
        check(
            percent(b"a/b c", UPPER, |byte| !byte.is_ascii_alphanumeric()),
            "a%2Fb%20c",
        );
        check(percent(b"a/", LOWER, |_| true), "%61%2f");
    }
}
