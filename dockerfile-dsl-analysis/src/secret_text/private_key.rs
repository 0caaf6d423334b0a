//! Parser of PEM, OpenSSH and PGP blocks to the base64 text of their private parts.
//!
//! A private key file also contains its public key, and a head that every key of its kind has. Both occur in ordinary images. If a block
//! cannot be parsed, its whole body counts: that may cause a false alarm, but misses no key.

use std::ops::Range;

use super::encoding::decode_base64;
use super::parts::Parts;
use super::piece::{Buffer, Need};
use super::text::find;

/// Collects the private keys of a text, and returns the text without their blocks.
pub(super) fn collect<B: Buffer>(text: &[u8], parts: &mut Parts<B>) -> B {
    // `\n` in JSON strings and shell variables ends a line, too.
    let unescaped: Option<B> =
        (find(text, b"-----\\n").is_some() && !text.contains(&b'{')).then(|| unescape(text));
    let mut text = unescaped.as_ref().map_or(text, |text| text.as_slice());
    let mut rest = B::with_capacity(text.len());
    while let Some(block) = PemBlock::first(text) {
        rest.extend(&text[..block.whole.start]);
        if block.label.ends_with("PRIVATE KEY") || block.label.contains("PRIVATE KEY BLOCK") {
            let body = &text[block.body.clone()];
            let private = private_chars::<B>(body, &block.label);
            parts.lines(&body[private], Need::Fragment);
        }
        text = &text[block.whole.end..];
    }
    rest.extend(text);
    rest
}

fn unescape<B: Buffer>(text: &[u8]) -> B {
    let mut out = B::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        let end = rest.strip_prefix(b"\\n");
        out.push(if end.is_some() { b'\n' } else { first });
        rest = end.unwrap_or(after);
    }
    out
}

/// `-----BEGIN LABEL-----`, headers, base64, `-----END LABEL-----`.
struct PemBlock {
    whole: Range<usize>,
    body: Range<usize>,
    label: String,
}

impl PemBlock {
    fn first(text: &[u8]) -> Option<Self> {
        const BEGIN: &[u8] = b"-----BEGIN ";
        let start = find(text, BEGIN)?;
        let label_start = start + BEGIN.len();
        let label_end = label_start + find(&text[label_start..], b"-----")?;
        let label = String::from_utf8_lossy(&text[label_start..label_end]).into_owned();
        let mut body = label_end + 5;
        let end = find(&text[body..], format!("-----END {label}").as_bytes())
            .map_or(text.len(), |at| body + at);
        // Headers such as `Proc-Type: 4,ENCRYPTED` and `Version: ..` end with an empty line.
        if text[body..end].contains(&b':')
            && let Some(blank) = find(&text[body..end], b"\n\n")
                .map(|at| at + 2)
                .or_else(|| find(&text[body..end], b"\r\n\r\n").map(|at| at + 4))
        {
            body += blank;
        }
        // The checksum line of PGP armor.
        let body_end = find(&text[body..end], b"\n=").map_or(end, |at| body + at);
        let whole_end = text[end..]
            .iter()
            .position(|&byte| byte == b'\n')
            .map_or(text.len(), |at| end + at);
        Some(Self {
            whole: start..whole_end,
            body: body..body_end,
            label,
        })
    }
}

/// Returns the range of `body` whose characters depend on private bytes.
fn private_chars<B: Buffer>(body: &[u8], label: &str) -> Range<usize> {
    let positions: Vec<usize> = (0..body.len())
        .filter(|&at| !body[at].is_ascii_whitespace())
        .collect();
    let mut joined = B::with_capacity(positions.len());
    joined.extend(positions.iter().map(|&at| body[at]));
    let bytes = decode_base64(&joined).and_then(|bytes: B| {
        if label.starts_with("OPENSSH") {
            openssh(&bytes)
        } else if label.starts_with("PGP") {
            pgp(&bytes)
        } else if label.starts_with("ENCRYPTED") || find(body, b"ENCRYPTED").is_some() {
            None
        } else {
            der(&bytes)
        }
    });
    let Some(bytes) = bytes else {
        return 0..body.len();
    };
    let first = (bytes.start * 8)
        .div_ceil(6)
        .min(positions.len().saturating_sub(1));
    let last = (bytes.end * 8 / 6).clamp(first, positions.len());
    match (
        positions.get(first),
        last.checked_sub(1).and_then(|last| positions.get(last)),
    ) {
        (Some(&first), Some(&last)) if last + 1 >= first + 16 => first..last + 1,
        _ => 0..body.len(),
    }
}

/// `openssh-key-v1`: returns the list after the public key, without its second copy of that key.
fn openssh(bytes: &[u8]) -> Option<Range<usize>> {
    let field = |at: usize| {
        let length =
            u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?) as usize;
        let end = (at + 4).checked_add(length)?;
        (end <= bytes.len()).then_some(at + 4..end)
    };
    let cipher = field(find(bytes, b"openssh-key-v1\0")? + 15)?;
    let derivation = field(cipher.end)?;
    let options = field(derivation.end)?;
    // The number of keys, which is always 1.
    let public = field(options.end + 4)?;
    let private = field(public.end)?;
    if &bytes[cipher] != b"none" {
        return Some(private);
    }
    // Two check numbers, then the public key's fields again.
    let again = private.start + 8 + public.len();
    if bytes[public].starts_with(b"\0\0\0\x0bssh-ed25519") {
        // A seed of 32 bytes, then the public key a third time.
        return (again + 36 <= private.end).then_some(again + 4..again + 36);
    }
    // The private numbers. The comment and the padding after them are not secret.
    let numbers = if bytes[field(private.start + 8)?].ends_with(b"rsa") {
        4
    } else {
        1
    };
    let mut end = again;
    for _ in 0..numbers {
        end = field(end)?.end;
    }
    (again < end && end <= private.end).then_some(again..end)
}

/// PKCS#1, PKCS#8 and SEC 1.
fn der(bytes: &[u8]) -> Option<Range<usize>> {
    // The algorithm's name and the lengths before it are the same in all keys of a kind.
    const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
    let rsa = find(&bytes[..bytes.len().min(64)], RSA);
    if let Some(at) = rsa {
        let inner = at + find(&bytes[at..], b"\x30\x82")?;
        return rsa_private(bytes, inner);
    }
    if bytes.len() > 500 && bytes.starts_with(b"\x30\x82") {
        return rsa_private(bytes, 0);
    }
    // The private number of a curve: an octet string of 32 to 66 bytes, followed by the public point.
    (0..bytes.len().min(64)).find_map(|at| {
        let length = usize::from(*bytes.get(at + 1)?);
        let private = at + 2..at + 2 + length;
        (bytes[at] == 4
            && matches!(length, 28..=66)
            && bytes.len() >= private.end
            && bytes.get(at + 2) != Some(&4))
        .then_some(private)
    })
}

/// `RSAPrivateKey`: version, modulus and public exponent come first.
fn rsa_private(bytes: &[u8], sequence: usize) -> Option<Range<usize>> {
    let mut at = sequence + header(bytes, sequence)?.0;
    for _ in 0..3 {
        let (head, length) = header(bytes, at)?;
        at = at.checked_add(head + length)?;
    }
    (at < bytes.len()).then_some(at..bytes.len())
}

/// Length of a DER element's head and of its content.
fn header(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    match *bytes.get(at + 1)? {
        short @ 0..=0x7f => Some((2, usize::from(short))),
        0x81 => Some((3, usize::from(*bytes.get(at + 2)?))),
        0x82 => Some((
            4,
            usize::from(u16::from_be_bytes([
                *bytes.get(at + 2)?,
                *bytes.get(at + 3)?,
            ])),
        )),
        _ => None,
    }
}

/// Returns the private part of the first packet of a PGP key, with the packets after it, so that subkeys are included.
fn pgp(bytes: &[u8]) -> Option<Range<usize>> {
    let tag = *bytes.first()?;
    let head = match (tag & 0x40 != 0, tag & 3, *bytes.get(1)?) {
        (true, _, 0..192) => 2,
        (true, _, 192..224) => 3,
        (true, _, 255) => 6,
        (false, 0, _) => 2,
        (false, 1, _) => 3,
        (false, 2, _) => 5,
        _ => return None,
    };
    // Version 4, time, algorithm, then the public numbers.
    let mut at = head + 6;
    let algorithm = *bytes.get(head + 5)?;
    let numbers = match algorithm {
        1..=3 => 2,
        16 => 3,
        17 => 4,
        18 | 19 | 22 => {
            at += 1 + usize::from(*bytes.get(at)?);
            1
        }
        _ => return None,
    };
    for _ in 0..numbers {
        let bits = u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]);
        at += 2 + usize::from(bits).div_ceil(8);
    }
    let end = match (tag & 0x40 != 0, head) {
        (true, 2) => head + usize::from(bytes[1]),
        (true, 3) => head + ((usize::from(bytes[1]) - 192) << 8) + usize::from(bytes[2]) + 192,
        (false, 2) => head + usize::from(bytes[1]),
        (false, 3) => head + usize::from(u16::from_be_bytes([bytes[1], bytes[2]])),
        _ => bytes.len(),
    };
    (at < end && end <= bytes.len()).then_some(at..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(private: Option<Range<usize>>, expected: Range<usize>) {
        assert_eq!(private, Some(expected));
    }

    #[test]
    fn the_modulus_of_rsa_is_public() {
        // SEQUENCE { 0, modulus of 3 bytes, 65537, private exponent, .. }
        let key =
            b"\x30\x82\x01\x00\x02\x01\x00\x02\x03\xaa\xbb\xcc\x02\x03\x01\x00\x01\x02\x20private";
        check(rsa_private(key, 0), 17..key.len());
    }

    #[test]
    fn the_point_of_a_curve_is_public() {
        let mut key = b"\x30\x77\x02\x01\x01\x04\x20".to_vec();
        key.extend([7; 32]);
        key.extend(b"\xa0\x0a\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\xa1\x44\x03\x42\x00\x04");
        key.extend([9; 64]);
        check(der(&key), 7..39);
    }

    #[test]
    fn the_public_key_of_openssh_occurs_twice() {
        let field = |bytes: &[u8]| [&(bytes.len() as u32).to_be_bytes()[..], bytes].concat();
        let public = [field(b"ssh-ed25519"), field(&[1; 32])].concat();
        let private = [&[5; 8][..], &public, &field(&[2; 64]), &field(b"me@host")].concat();
        let head = [
            &b"openssh-key-v1\0"[..],
            &field(b"none"),
            &field(b"none"),
            &field(b""),
            &[0, 0, 0, 1],
            &field(&public),
        ]
        .concat();
        let key = [head.clone(), field(&private)].concat();
        let seed = head.len() + 4 + 8 + public.len() + 4;
        check(openssh(&key), seed..seed + 32);
    }
}
