//! Detects changes of a value by a few digits of its HMAC-SHA-256, which reveal nothing else without the key.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Block length of SHA-256, in bytes.
const BLOCK: usize = 64;
/// Published bytes of the digest: enough to detect a change, and too few to confirm a guess.
const TOLD: usize = 4;

/// Returns the digits in hexadecimal. The id is part of the input, so that equal values of two secrets do not show.
pub(super) fn short(key: &str, id: &str, value: &[u8]) -> String {
    let message = Zeroizing::new([id.as_bytes(), b"\0", value].concat());
    let digest = hmac(key.as_bytes(), &message);
    digest[..TOLD]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = Zeroizing::new([0; BLOCK]);
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let padded = |with: u8| Zeroizing::new(block.map(|byte| byte ^ with));
    let inner = Sha256::new()
        .chain_update(padded(0x36).as_slice())
        .chain_update(message)
        .finalize();
    let outer = Sha256::new()
        .chain_update(padded(0x5c).as_slice())
        .chain_update(inner)
        .finalize();
    outer.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(key: &[u8], message: &[u8], expected: &str) {
        let digest: String = hmac(key, message)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(digest, expected);
    }

    /// The vectors of RFC 4231.
    #[test]
    fn the_digest_is_that_of_the_standard() {
        check(
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        );
        check(
            &[0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        );
    }

    #[test]
    fn it_changes_with_each_part_and_is_not_the_plain_hash() {
        let one = short("0123456789abcdef", "TOKEN", b"value");
        assert_eq!(one.len(), 8);
        for other in [
            short("0123456789abcdeg", "TOKEN", b"value"),
            short("0123456789abcdef", "TOKEN2", b"value"),
            short("0123456789abcdef", "TOKEN", b"valuf"),
        ] {
            assert_ne!(one, other);
        }
        // printf value | sha256sum
        assert_ne!(one, "cd42404d");
    }
}
