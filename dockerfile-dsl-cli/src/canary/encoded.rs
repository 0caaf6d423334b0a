//! Base64 inside a text, changed in place: each digit keeps its offset, with the line ends between them.

use dockerfile_dsl_analysis::secret_text::decode_base64;
use zeroize::Zeroizing;

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pub(super) fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte)
}

/// Returns the offsets of the digits, without blanks, line ends and `
/// ` of a string.
pub(super) fn places(text: &[u8]) -> Vec<usize> {
    let is_escape = |at: usize| at > 0 && text[at - 1] == b'\\' && b"nrt".contains(&text[at]);
    (0..text.len())
        .filter(|&at| is_digit(text[at]) && !is_escape(at))
        .collect()
}

/// Decodes the digits at these offsets, calls `change`, and encodes the result if it returns true.
pub(super) fn rewrite(
    text: &mut [u8],
    places: &[usize],
    change: impl FnOnce(&mut [u8]) -> bool,
) -> bool {
    let digits: Zeroizing<Vec<u8>> = Zeroizing::new(places.iter().map(|&at| text[at]).collect());
    let decoded: Option<Zeroizing<Vec<u8>>> = decode_base64(&digits);
    let Some(mut bytes) = decoded else {
        return false;
    };
    if !change(&mut bytes) {
        return false;
    }
    let is_url_safe = digits.iter().any(|digit| b"-_".contains(digit));
    let alphabet = if is_url_safe { URL_SAFE } else { STANDARD };
    let byte = |index: usize| bytes.get(index).copied().unwrap_or(0);
    for (digit, &at) in places.iter().enumerate() {
        let bit = digit * 6;
        let pair = u16::from_be_bytes([byte(bit / 8), byte(bit / 8 + 1)]);
        text[at] = alphabet[usize::from(pair >> (10 - bit % 8) & 63)];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_digits_change() {
        let mut text = b"YWJj\n  ZGVm\\nZ2g=".to_vec();
        let places = places(&text);
        assert!(rewrite(&mut text, &places, |bytes| {
            assert_eq!(bytes, b"abcdefgh");
            bytes.copy_from_slice(b"hgfedcba");
            true
        }));
        assert_eq!(text, b"aGdm\n  ZWRj\\nYmE=");
        assert!(!rewrite(&mut text, &places, |_| false));
        assert_eq!(text, b"aGdm\n  ZWRj\\nYmE=");
    }
}
