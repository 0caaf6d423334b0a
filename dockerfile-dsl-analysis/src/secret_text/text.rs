//! Normalization of a value: removes its byte-order mark and surrounding blanks, decodes UTF-16, converts line ends.

use super::piece::Buffer;

/// Removes a byte-order mark and the blanks at both ends.
#[must_use]
pub fn trim(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(text)
        .trim_ascii()
}

pub(super) fn utf8(text: &[u8]) -> Option<&str> {
    std::str::from_utf8(text).ok()
}

pub(super) fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len().max(1))
        .position(|window| window == part)
}

/// Decodes text that begins with the byte-order mark of UTF-16, as Windows writes it.
pub(super) fn decode_utf16<B: Buffer>(value: &[u8]) -> Option<B> {
    let unit = match value {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let pairs = value[2..].chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    let mut text = B::with_capacity(value.len() * 2);
    for character in char::decode_utf16(pairs.map(|pair| unit([pair[0], pair[1]]))) {
        text.extend(character.ok()?.encode_utf8(&mut [0; 4]).bytes());
    }
    Some(text)
}

/// Removes line ends and blanks.
pub(super) fn without_blanks<B: Buffer>(text: &[u8]) -> B {
    let mut out = B::with_capacity(text.len());
    out.extend(text.iter().filter(|byte| !byte.is_ascii_whitespace()));
    out
}

/// Replaces `\r\n` by `\n`.
pub(super) fn without_returns<B: Buffer>(text: &[u8]) -> B {
    let mut out = B::with_capacity(text.len());
    let kept = text
        .iter()
        .enumerate()
        .filter(|&(at, &byte)| byte != b'\r' || text.get(at + 1) != Some(&b'\n'));
    out.extend(kept.map(|(_, byte)| byte));
    out
}

/// Replaces `\n` by `\r\n`.
pub(super) fn with_returns<B: Buffer>(text: &[u8]) -> B {
    let mut out = B::with_capacity(text.len() * 2);
    for &byte in text {
        if byte == b'\n' {
            out.push(b'\r');
        }
        out.push(byte);
    }
    out
}
