//! Replaces the numbers of a key in OpenSSH's format by others of the same length. The public key is kept: programs compare the
//! two.

use super::der::replace;

const MAGIC: &[u8] = b"openssh-key-v1\0";
/// Min. length of a field that is replaced, in bytes; shorter ones are names.
const SHORTEST: usize = 16;

/// Replaces the numbers. Returns false if the bytes are not such a key, or if it has a passphrase.
pub(super) fn disguise(bytes: &mut [u8]) -> bool {
    bytes.starts_with(MAGIC) && numbers(&mut bytes[MAGIC.len()..]).is_some()
}

fn numbers(bytes: &mut [u8]) -> Option<()> {
    let (cipher, rest) = field(bytes)?;
    if cipher != b"none" {
        return None;
    }
    let (_, rest) = field(rest)?;
    let (_, rest) = field(rest)?;
    // Number of keys.
    let (_, rest) = rest.split_at_mut_checked(4)?;
    let (public, rest) = field(rest)?;
    let (private, _) = field(rest)?;
    // Two equal random numbers that verify the passphrase.
    let (_, mut rest) = private.split_at_mut_checked(8)?;
    while let Some((content, after)) = field(rest) {
        let is_public = public
            .windows(content.len().max(1))
            .any(|window| window == content);
        if content.len() >= SHORTEST && !is_public && !content.is_ascii() {
            replace(content);
        }
        rest = after;
    }
    Some(())
}

/// Splits off a field: a length of 4 bytes and that many bytes. Returns it and the rest.
fn field(bytes: &mut [u8]) -> Option<(&mut [u8], &mut [u8])> {
    let (length, rest) = bytes.split_at_mut_checked(4)?;
    let length = u32::from_be_bytes(*length.first_chunk()?);
    rest.split_at_mut_checked(usize::try_from(length).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(out: &mut Vec<u8>, content: &[u8]) {
        out.extend((content.len() as u32).to_be_bytes());
        out.extend(content);
    }

    fn key(cipher: &[u8]) -> Vec<u8> {
        let mut private = vec![1, 2, 3, 4, 1, 2, 3, 4];
        for content in [
            &b"ssh-x"[..],
            &[0xaa; 40],
            &[0xbb; 40],
            b"a comment of some length",
        ] {
            put(&mut private, content);
        }
        let mut bytes = MAGIC.to_vec();
        for content in [cipher, b"none", b""] {
            put(&mut bytes, content);
        }
        bytes.extend([0, 0, 0, 1]);
        put(&mut bytes, &[0xaa; 44]);
        put(&mut bytes, &private);
        bytes
    }

    #[test]
    fn the_public_key_and_the_names_stay() {
        let mut made = key(b"none");
        assert!(disguise(&mut made));
        let is_in = |part: &[u8]| made.windows(part.len()).any(|window| window == part);
        assert!(is_in(&[0xaa; 44]) && is_in(b"a comment of some length"));
        assert!(is_in(&[0, 0, 0, 40, 0xbb]) && !is_in(&[0xbb; 4]));
        assert_eq!(made.len(), key(b"none").len());
    }

    #[test]
    fn invalid_key_is_reported() {
        assert!(!disguise(&mut key(b"aes256-ctr")));
        let whole = key(b"none");
        for end in 0..whole.len() - 150 {
            let _ = disguise(&mut whole[..end].to_vec());
        }
        assert!(!disguise(
            b"openssh-key-v1\0\xff\xff\xff\xff".to_vec().as_mut()
        ));
    }
}
