//! Turns a value into a decoy with the same length, alphabet, prefix, structure and checksum, and no part of the value.

use std::hash::{BuildHasher as _, RandomState};

use dockerfile_dsl_analysis::secret_text::{self, Format, Parts};
use zeroize::Zeroizing;

use super::{der, encoded, openssh};

/// Min. length of base64 of a document; a shorter run of letters and digits is treated as a word.
const SHORTEST_ENCODED: usize = 16;

/// Returns a decoy in the form of the value, without any part of it.
pub(super) fn of(value: &[u8], format: Option<Format>) -> Option<Zeroizing<Vec<u8>>> {
    let parts: Parts<Zeroizing<Vec<u8>>> = secret_text::parts(value, format);
    let mut decoy = Zeroizing::new(value.to_vec());
    private_keys(&mut decoy);
    documents(&mut decoy);
    for piece in &parts.pieces {
        let mut from = 0;
        while let Some(at) = find(&decoy[from..], &piece.text) {
            let at = from + at;
            let part = &mut decoy[at..at + piece.text.len()];
            // The claims of a signed token are visible to everyone who sees it, and programs read them.
            let start = signature(part).unwrap_or(0);
            disguise(&mut part[start..]);
            from = at + piece.text.len();
        }
    }
    armor_checksum(&mut decoy);
    let shows_a_part = |decoy: &[u8]| {
        let (decoy, value) = (joined(decoy), joined(value));
        decoy == value
            || parts.pieces.iter().any(|piece| {
                let part = joined(&piece.text);
                find(&decoy, &part).is_some()
            })
    };
    // A value that is wrapped, encoded or too short to have parts: replace everything except the delimiters.
    if shows_a_part(&decoy) || parts.too_short > 0 {
        for line in decoy.split_mut(|&byte| byte == b'\n') {
            if !line.starts_with(b"-----") {
                disguise(line);
            }
        }
    }
    (!shows_a_part(&decoy)).then_some(decoy)
}

/// Removes line ends and blanks, including `\n` in a string.
fn joined(text: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut joined = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' | b'\n' | b' ' | b'\t' => {}
            b'\\' if bytes.next_if(|next| b"nrt".contains(next)).is_some() => {}
            _ => joined.push(byte),
        }
    }
    joined
}

/// Replaces the numbers of private keys in PEM.
fn private_keys(text: &mut [u8]) {
    const FRAME: &[u8] = b"-----";
    const END: &[u8] = b"PRIVATE KEY-----";
    let mut from = 0;
    while let Some(at) = find(&text[from..], END) {
        let start = from + at + END.len();
        let Some(length) = find(&text[start..], FRAME) else {
            return;
        };
        let body = &mut text[start..start + length];
        let places = encoded::places(body);
        if !encoded::rewrite(body, &places, replace_numbers) && find(body, b"\\n").is_some() {
            // A string has its own form of line ends.
            disguise_at(body, &places);
        }
        // After the label of the end line, which equals that of the first line.
        let label = find(&text[start + length..], END).map_or(length, |at| length + at + END.len());
        from = start + label;
    }
}

fn replace_numbers(bytes: &mut [u8]) -> bool {
    der::disguise(bytes) || openssh::disguise(bytes)
}

/// Updates the checksum of a PGP key, RFC 4880, section 6.1: the last line of the block.
fn armor_checksum(text: &mut [u8]) {
    let Some(end) = find(text, b"\n-----END PGP PRIVATE KEY BLOCK") else {
        return;
    };
    let Some(start) = find(&text[..end], b"\n\n") else {
        return;
    };
    let (body, line) = text[start..end].split_at_mut((end - start).saturating_sub(6));
    let (true, [b'\n', b'=', digits @ ..]) = (body.len() > 2, line) else {
        return;
    };
    let places = encoded::places(body);
    let mut crc = 0xb7_04ce_u32;
    encoded::rewrite(body, &places, |bytes| {
        for &byte in &*bytes {
            crc ^= u32::from(byte) << 16;
            for _ in 0..8 {
                crc = crc << 1 ^ if crc & 0x80_0000 == 0 { 0 } else { 0x186_4cfb };
            }
        }
        false
    });
    encoded::rewrite(digits, &[0, 1, 2, 3], |bytes| {
        bytes.copy_from_slice(&crc.to_be_bytes()[1..]);
        true
    });
}

/// Replaces documents in base64: a docker login, a configuration in a Kubernetes secret.
fn documents(text: &mut [u8]) {
    let mut from = 0;
    while let Some(start) = text[from..]
        .iter()
        .position(|&byte| encoded::is_digit(byte))
    {
        let start = from + start;
        let rest = &text[start..];
        let length = rest.iter().position(|&byte| !encoded::is_digit(byte));
        let end = start + length.unwrap_or(rest.len());
        // The header and the claims of a signed token are kept.
        let is_claim = text[start..].starts_with(b"eyJ") && text.get(end) == Some(&b'.');
        if end - start >= SHORTEST_ENCODED && !is_claim {
            let run = &mut text[start..end];
            let places: Vec<usize> = (0..run.len()).collect();
            encoded::rewrite(run, &places, document);
        }
        from = end;
    }
}

fn document(bytes: &mut [u8]) -> bool {
    let is_text = |text: &str| text.chars().all(|c| !c.is_control() || c.is_whitespace());
    let Some(text) = std::str::from_utf8(bytes).ok().filter(|text| is_text(text)) else {
        return false;
    };
    match text.split_once(':') {
        Some((user, password))
            if !password.is_empty() && !user.contains([' ', '/', '\n', '{', '"']) =>
        {
            let start = user.len() + 1;
            disguise(&mut bytes[start..]);
            true
        }
        _ => {
            let made = of(bytes, None);
            if let Some(made) = &made {
                bytes.copy_from_slice(made);
            }
            made.is_some()
        }
    }
}

/// Returns the start of the signature of a JSON web token.
fn signature(text: &[u8]) -> Option<usize> {
    let mut parts = text.split(|&byte| byte == b'.');
    let (head, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    let is_token = parts.next().is_none() && head.starts_with(b"eyJ") && claims.starts_with(b"eyJ");
    is_token.then_some(head.len() + claims.len() + 2)
}

/// Replaces the digits at these offsets.
fn disguise_at(text: &mut [u8], places: &[usize]) {
    for &at in places {
        disguise(&mut text[at..=at]);
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len().max(1))
        .position(|window| window == part)
}

/// Prefixes of tokens whose last 6 letters are a checksum of the preceding ones.
const CHECKED: &[&[u8]] = &[b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"npm_"];
/// Prefixes by which issuers recognise their tokens.
const PREFIXES: &[&[u8]] = &[
    b"github_pat_",
    b"glpat-",
    b"gldt-",
    b"glcbt-",
    b"pypi-",
    b"xoxb-",
    b"xoxp-",
    b"sk_live_",
    b"sk_test_",
    b"AKIA",
    b"ASIA",
    b"AIza",
    b"dop_v1_",
    b"hf_",
    b"dckr_pat_",
    b"cio",
    b"hvs.",
];

/// Replaces each letter and digit by another of its class.
fn disguise(text: &mut [u8]) {
    let known = CHECKED.iter().chain(PREFIXES);
    let prefix = known
        .filter(|prefix| text.starts_with(prefix))
        .map(|prefix| prefix.len())
        .max()
        .unwrap_or(0);
    let is_hex = text[prefix..].iter().all(u8::is_ascii_hexdigit);
    for byte in &mut text[prefix..] {
        let alphabet: &[u8] = match *byte {
            b'0'..=b'9' => b"0123456789",
            b'a'..=b'f' if is_hex => b"abcdef",
            b'A'..=b'F' if is_hex => b"ABCDEF",
            b'a'..=b'z' => b"abcdefghijklmnopqrstuvwxyz",
            b'A'..=b'Z' => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            _ => continue,
        };
        let random = RandomState::new().hash_one(0);
        // Ensures that the result differs.
        let others = alphabet.iter().filter(|other| *other != byte);
        let chosen = others.copied().nth(random as usize % (alphabet.len() - 1));
        *byte = chosen.unwrap_or(*byte);
    }
    if text.len() == 40 && CHECKED.iter().any(|prefix| text.starts_with(prefix)) {
        let checksum = checksum(&text[4..34]);
        text[34..].copy_from_slice(&checksum);
    }
}

/// Returns the CRC-32 of the text in 6 digits of base 62, as used by GitHub and npm.
fn checksum(text: &[u8]) -> [u8; 6] {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let crc = !text.iter().fold(!0_u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    });
    let mut rest = crc as usize;
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[rest % 62];
        rest /= 62;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, kept: &[&str]) {
        let made = of(value.as_bytes(), None).unwrap();
        let made = std::str::from_utf8(&made).unwrap();
        assert_eq!(made.len(), value.len());
        for (one, other) in made.chars().zip(value.chars()) {
            // A checksum has digits and letters in any place.
            let is_word = |c: char| c.is_ascii_alphanumeric();
            assert_eq!(is_word(one), is_word(other), "{made}");
        }
        for part in kept {
            assert!(made.contains(part), "{part}: {made}");
        }
        let parts: Parts<Zeroizing<Vec<u8>>> = secret_text::parts(value.as_bytes(), None);
        for piece in parts.pieces {
            assert!(find(made.as_bytes(), &piece.text).is_none(), "{made}");
        }
    }

    #[test]
    fn decoys_have_the_form_of_the_real_values() {
        check("ghp_9aXk2LmQ7vRt4WbY6NcJ1sDf8GhP3zEo5Tu0", &["ghp_"]);
        check("p4$$w'rd\"x\\y&z", &["$$", "'", "\"", "\\", "&"]);
        check("d41d8cd98f00b204e9800998ecf8427e\n", &["\n"]);
        check(
            "registry=https://registry.acme.example/\n\
             //registry.acme.example/:_authToken=npm_Ab3dE5gH7jK9mN1pQ3sT5vX7zA9cE1gI3kM5\n",
            &["registry=https://registry.acme.example/", "_authToken=npm_"],
        );
        check("short", &[]);
        check(
            "{\"auths\":{\"r\":{\"auth\":\"cm9ib3Q6WnE3LXZUMl9wTHg5\"}}}",
            &["{\"auths\""],
        );
        let header = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.";
        check(
            &format!("{header}SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"),
            &[header],
        );
        // `robot:` in base64, nested in a document in base64.
        check(
            "{\"auths\":{\"r\":{\"auth\":\"cm9ib3Q6WnE3LXZUMl9wTHg5\"}}}",
            &["\"cm9ib3Q6"],
        );
        check(
            "data:\n  .dockerconfigjson: eyJhdXRocyI6eyJyIjp7ImF1dGgiOiJjbTlpYjNRNlduRTNMWF\
             pVTWw5d1RIZzUifX19\n",
            &["eyJhdXRocyI6eyJyIjp7ImF1dGgiOiJjbTlpYjNR"],
        );
        assert!(of(b"", None).is_none());
        assert!(of(b"\xff\xfe\xfd", None).is_none());
    }

    #[test]
    fn decoy_of_a_token_has_a_valid_checksum() {
        let made = of(b"ghp_9aXk2LmQ7vRt4WbY6NcJ1sDf8GhP3zEo5Tu0", None).unwrap();
        assert_eq!(made[34..], checksum(&made[4..34]));
        // CRC-32 of "123456789" is cbf43926.
        assert_eq!(&checksum(b"123456789"), b"3jZRME");
    }
}
