//! Plain words: text that the shell reads as one literal word in every place.

/// Whether the text is a plain word. A loop over bytes, as iterators are not `const`.
pub(crate) const fn is_word(text: &[u8]) -> bool {
    let mut index = 0;
    while index < text.len() {
        if !is_word_byte(text[index]) {
            return false;
        }
        index += 1;
    }
    !text.is_empty() && text[0] != b'-'
}

pub(crate) const fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'_' | b'.' | b'/' | b':' | b'@' | b'%' | b'+' | b'=' | b',' | b'-'
        )
}
