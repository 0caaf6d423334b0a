//! Replaces the numbers of a DER key by others of the same length. Tags and lengths are kept, so that programs can still read it.

use std::hash::{BuildHasher as _, RandomState};

/// Min. length of a number that is replaced, in bytes; shorter ones are public: a version, an exponent.
const SHORTEST: usize = 16;
/// Max. nesting depth; real keys have fewer levels.
const DEPTH: usize = 8;

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

/// Replaces the numbers. Returns false, with some of them already replaced, if the bytes are not DER.
pub(super) fn disguise(bytes: &mut [u8]) -> bool {
    bytes.first() == Some(&SEQUENCE) && elements(bytes, DEPTH).is_some()
}

fn elements(bytes: &mut [u8], depth: usize) -> Option<()> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let (tag, start, end) = header(rest)?;
        let (element, after) = rest.split_at_mut(end);
        let content = &mut element[start..];
        match tag {
            SEQUENCE | 0xa0..=0xa3 => elements(content, depth.checked_sub(1)?)?,
            // The key in PKCS #8 is a nested document.
            OCTETS if is_one_element(content) => elements(content, depth.checked_sub(1)?)?,
            OCTETS | INTEGER if content.len() >= SHORTEST => replace(content),
            _ => {}
        }
        rest = after;
    }
    Some(())
}

fn is_one_element(bytes: &[u8]) -> bool {
    matches!(header(bytes), Some((SEQUENCE | OCTETS, _, end)) if end == bytes.len())
}

/// Returns the tag of the first element, and the bounds of its content.
fn header(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let (&tag, &length) = (bytes.first()?, bytes.get(1)?);
    let (length, start) = match length {
        0..=0x7f => (usize::from(length), 2),
        0x81..=0x84 => {
            let count = usize::from(length & 0x7f);
            let digits = bytes.get(2..2 + count)?;
            let value = digits
                .iter()
                .fold(0, |value, &digit| value << 8 | usize::from(digit));
            (value, 2 + count)
        }
        _ => return None,
    };
    let end = start.checked_add(length)?;
    (end <= bytes.len()).then_some((tag, start, end))
}

/// Replaces all but the first byte, which determines sign and size.
pub(super) fn replace(content: &mut [u8]) {
    for bytes in content[1..].chunks_mut(8) {
        let random = RandomState::new().hash_one(0).to_le_bytes();
        bytes.copy_from_slice(&random[..bytes.len()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_change_and_tags_stay() {
        let number = [&[INTEGER, 20][..], &[7; 20]].concat();
        let inner = [&[SEQUENCE, 22][..], &number].concat();
        let key = [
            &[SEQUENCE, 3 + 26 + 20, INTEGER, 1, 0, OCTETS, 24][..],
            &inner,
            &[OCTETS, 18],
            &[9; 18],
        ]
        .concat();
        let mut made = key.clone();
        assert!(disguise(&mut made));
        assert_eq!(made[..12], key[..12]);
        assert_eq!(made[31..33], key[31..33]);
        assert_ne!(made[12..31], key[12..31]);
        assert_ne!(made[34..], key[34..]);
    }

    #[test]
    fn invalid_der_is_reported() {
        for bytes in [
            &b""[..],
            b"0",
            b"0\x05abc",
            b"hello",
            b"0\x85\x01\x01\x01\x01\x01",
            b"0\x02\x02",
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
        ] {
            assert!(!disguise(&mut bytes.to_vec()), "{bytes:?}");
        }
    }
}
