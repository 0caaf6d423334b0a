//! Pieces of secrets to byte strings that are searched for: every encoding in which a piece may stand in an image.
//! A needle says how much of it must be seen: all, or any window that holds 16 bytes of a random-looking value.

use std::fmt;

use zeroize::Zeroizing;

use crate::parts::{Forms, Need, Piece};

/// The shortest piece that is searched for. Shorter ones stand everywhere by chance and are reported as not checkable.
pub(crate) const LEAST_LENGTH: usize = 8;

/// So many contiguous bytes of a random-looking value are a leak of a part of it.
pub(crate) const FRAGMENT: usize = 16;

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

/// One byte string that is searched for.
pub(crate) struct Needle {
    pub(crate) bytes: Zeroizing<Vec<u8>>,
    /// Index of the secret.
    pub(crate) secret: usize,
    /// Pieces of a secret that say the same share a group: the secret is whole where every group is.
    pub(crate) group: usize,
    pub(crate) encoding: Encoding,
    /// So many contiguous bytes of it make a hit.
    pub(crate) window: usize,
    /// So many of its bytes stand together somewhere, whatever line ends stand between the others.
    pub(crate) run: usize,
    /// Whether line ends may stand between its bytes.
    pub(crate) wrapped: bool,
}

/// All needles of one secret's pieces. Equal byte strings are kept once, under the plainest encoding.
pub(crate) fn needles_of(secret: usize, pieces: &[Piece], needles: &mut Vec<Needle>) {
    let first = needles.len();
    for piece in pieces {
        for (encoding, bytes) in forms_of(piece) {
            if bytes.len() < LEAST_LENGTH
                || needles[first..].iter().any(|known| known.bytes == bytes)
            {
                continue;
            }
            let broken_anywhere = matches!(
                encoding,
                Encoding::Base64 | Encoding::Base64Url | Encoding::Hex
            );
            needles.push(Needle {
                window: window(piece, encoding, bytes.len()),
                // Lines of such text are long: at most one ends inside of a short value.
                run: match piece.longest_line {
                    Some(length) => length,
                    None if broken_anywhere => bytes.len().div_ceil(2),
                    None => bytes.len(),
                },
                wrapped: piece.longest_line.is_some() || broken_anywhere,
                bytes,
                secret,
                group: piece.group,
                encoding,
            });
        }
    }
}

/// The part of an encoded piece that must be seen.
fn window(piece: &Piece, encoding: Encoding, encoded: usize) -> usize {
    match piece.need {
        Need::Whole => encoded,
        Need::Fragment if piece.text.len() < FRAGMENT => encoded,
        Need::Fragment => {
            // Of 16 bytes at any alignment, 20 characters of base64 depend on nothing else; of base64 of that, 25.
            let window = match encoding {
                Encoding::Base64 | Encoding::Base64Url => 20,
                Encoding::Base64Base64 => 25,
                Encoding::Base64Utf16 => 41,
                _ => (FRAGMENT * encoded).div_ceil(piece.text.len()),
            };
            // A long text is found by windows that are long too, so that few of its bytes need an index entry.
            let window = if piece.text.len() > 512 {
                window * 3 / 2
            } else {
                window
            };
            window.min(encoded)
        }
    }
}

type Form = (Encoding, Zeroizing<Vec<u8>>);

/// Every way to write a piece, the plainest first.
fn forms_of(piece: &Piece) -> Vec<Form> {
    let text = &piece.text[..];
    let mut forms: Vec<Form> = Vec::new();
    let mut add = |encoding, bytes: Vec<u8>| forms.push((encoding, Zeroizing::new(bytes)));
    if piece.forms != Forms::Encoded {
        add(Encoding::Raw, text.to_vec());
        add(Encoding::Reversed, text.iter().rev().copied().collect());
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
        add(
            Encoding::Hex,
            text.iter().flat_map(|&byte| hex(byte, digits)).collect(),
        );
        for kept in UNESCAPED {
            add(
                Encoding::Percent,
                percent(text, digits, |byte| {
                    !byte.is_ascii_alphanumeric()
                        && !b"-._~".contains(&byte)
                        && !kept.contains(&byte)
                }),
            );
        }
        add(Encoding::Percent, percent(text, digits, |_| true));
    }
    add(Encoding::Percent, form(text));
    let utf16: Vec<u16> = wide(text);
    let little: Vec<u8> = utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    // Where text that may stand at any byte is long, the rarer encodings would only swell the index.
    if text.len() <= 1024 {
        for shift in 0..3 {
            add(Encoding::Base64Utf16, base64(&little, shift, STANDARD));
            let inner = Zeroizing::new(base64(text, shift, STANDARD));
            for shift in 0..3 {
                add(Encoding::Base64Base64, base64(&inner, shift, STANDARD));
            }
        }
    }
    add(Encoding::Utf16Le, little);
    add(
        Encoding::Utf16Be,
        utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
    );
    forms
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const LOWER: &[u8; 16] = b"0123456789abcdef";
const UPPER: &[u8; 16] = b"0123456789ABCDEF";

/// The base64 characters that `text` alone determines where it stands `shift` bytes after a multiple of three.
fn base64(text: &[u8], shift: usize, alphabet: &[u8; 64]) -> Vec<u8> {
    let first = (shift * 8).div_ceil(6);
    let last = (shift + text.len()) * 8 / 6;
    let byte = |index: usize| {
        index
            .checked_sub(shift)
            .and_then(|index| text.get(index))
            .copied()
            .unwrap_or(0)
    };
    (first..last)
        .map(|character| {
            let bit = character * 6;
            let pair = u16::from_be_bytes([byte(bit / 8), byte(bit / 8 + 1)]);
            alphabet[usize::from(pair >> (10 - bit % 8) & 63)]
        })
        .collect()
}

fn hex(byte: u8, digits: &[u8; 16]) -> [u8; 2] {
    [
        digits[usize::from(byte >> 4)],
        digits[usize::from(byte & 15)],
    ]
}

fn percent(text: &[u8], digits: &[u8; 16], escaped: impl Fn(u8) -> bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() * 3);
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
fn form(text: &[u8]) -> Vec<u8> {
    let escaped = |byte: u8| !byte.is_ascii_alphanumeric() && !b"-._* ".contains(&byte);
    let mut out = percent(text, UPPER, escaped);
    for byte in &mut out {
        if *byte == b' ' {
            *byte = b'+';
        }
    }
    out
}

/// Text as UTF-16 units; bytes that are not UTF-8 are widened one by one, as Latin-1.
fn wide(text: &[u8]) -> Vec<u16> {
    match std::str::from_utf8(text) {
        Ok(text) => text.encode_utf16().collect(),
        Err(_) => text.iter().map(|&byte| u16::from(byte)).collect(),
    }
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

fn json(text: &[u8], escape: Json) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(text) else {
        return Vec::new();
    };
    if matches!(escape, Json::All) && text.len() > 256 {
        return Vec::new();
    }
    let mut out = Vec::with_capacity(text.len() * 6);
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

fn xml(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        match byte {
            b'&' => out.extend(b"&amp;"),
            b'<' => out.extend(b"&lt;"),
            b'>' => out.extend(b"&gt;"),
            b'"' => out.extend(b"&quot;"),
            b'\'' => out.extend(b"&apos;"),
            _ => out.push(byte),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(actual: &[u8], expected: &str) {
        assert_eq!(String::from_utf8_lossy(actual), expected);
    }

    #[test]
    fn base64_holds_only_what_the_text_determines() {
        check(&base64(b"light work", 0, STANDARD), "bGlnaHQgd29ya"); // "bGlnaHQgd29yaw=="
        check(&base64(b"light work", 1, STANDARD), "xpZ2h0IHdvcm"); // ".light work" = "LmxpZ2h0IHdvcms="
        check(&base64(b"light work", 2, STANDARD), "saWdodCB3b3Jr"); // "..light work" = "Li5saWdodCB3b3Jr"
    }

    #[test]
    fn base64_of_every_alignment_stands_in_the_base64_of_the_whole() {
        let value = b"p/s+s?w0rd~";
        for before in 0..6 {
            let mut text = vec![b'u'; before];
            text.extend(value);
            text.extend(b"\n.");
            let whole = base64(&text, 0, STANDARD);
            let needle = base64(value, before % 3, STANDARD);
            assert!(
                whole.windows(needle.len()).any(|window| window == needle),
                "{before}"
            );
        }
    }

    #[test]
    fn json_escapes_as_writers_do() {
        check(
            &json("a\"b\\c/<\u{e9}\n".as_bytes(), Json::Least),
            "a\\\"b\\\\c/<\u{e9}\\n",
        );
        check(&json(b"a/b", Json::Slash), "a\\/b");
        check(&json(b"a&b<", Json::Html), "a\\u0026b\\u003c");
        check(&json("\u{e9}".as_bytes(), Json::Ascii), "\\u00e9");
        check(&json(b"A\n", Json::All), "\\u0041\\u000a");
    }

    #[test]
    fn percent_escapes_what_must_be_or_all() {
        check(
            &percent(b"a/b c", UPPER, |byte| !byte.is_ascii_alphanumeric()),
            "a%2Fb%20c",
        );
        check(&percent(b"a/", LOWER, |_| true), "%61%2f");
    }
}
