//! Heuristics for random-looking bytes, which are searched for by their fragments.

use super::piece::FRAGMENT;

/// Whether any 16 bytes of it hardly occur anywhere by chance.
pub(super) fn looks_random(value: &[u8]) -> bool {
    if value.len() < FRAGMENT {
        return false;
    }
    if std::str::from_utf8(value).is_err() {
        return value.windows(FRAGMENT).all(is_varied);
    }
    // Words with separators change classes as well, but contain neither digits nor capitals.
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let mixed =
        value.iter().any(u8::is_ascii_uppercase) && changes_of_class(value) * 3 >= value.len();
    (digits >= 2 || mixed)
        && !value.iter().any(u8::is_ascii_whitespace)
        && changes_of_class(value) * 5 >= value.len()
        && is_varied(value)
}

/// Counts changes between letter cases, digits and punctuation: frequent in random text, rare in words.
pub(super) fn changes_of_class(text: &[u8]) -> usize {
    let class = |byte: u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    text.windows(2)
        .filter(|pair| class(pair[0]) != class(pair[1]))
        .count()
}

/// Whether a fragment is neither a run of few characters nor a part of an alphabet.
#[must_use]
pub fn is_varied(text: &[u8]) -> bool {
    let mut seen = [false; 256];
    let mut distinct = 0;
    for &byte in text {
        distinct += usize::from(!std::mem::replace(&mut seen[usize::from(byte)], true));
    }
    let steps = text
        .windows(2)
        .filter(|pair| pair[0].abs_diff(pair[1]) <= 1)
        .count();
    distinct >= 7 && steps * 2 < text.len()
}
