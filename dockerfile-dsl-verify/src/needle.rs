//! Turns pieces of secrets into needles: every encoding in which a piece may be in an image. A needle says how much of it must be
//! found: all, or any window that contains 16 bytes of a random-looking value.

use dockerfile_dsl_analysis::secret_text::{
    self, Encoding, FRAGMENT, Forms, LEAST_LENGTH, Need, spellings,
};
use zeroize::Zeroizing;

use crate::secret::Secret;

pub(crate) type Piece = secret_text::Piece<Zeroizing<Vec<u8>>>;
pub(crate) type Parts = secret_text::Parts<Zeroizing<Vec<u8>>>;

/// Returns the parts of a secret, in memory that is wiped.
pub(crate) fn parts_of(secret: &Secret) -> Parts {
    secret_text::parts(secret.value(), secret.chosen_format())
}

/// Max. length of a piece that is searched for in mixed spellings, in bytes.
pub(crate) const LONGEST_MIXED: usize = 256;

/// A byte string to search for.
pub(crate) struct Needle {
    pub(crate) bytes: Zeroizing<Vec<u8>>,
    /// Index of the secret.
    pub(crate) secret: usize,
    /// Equivalent pieces of a secret share a group: the secret is found as a whole if every group is.
    pub(crate) group: usize,
    pub(crate) encoding: Encoding,
    /// Min. contiguous bytes of a hit.
    pub(crate) window: usize,
    /// Min. bytes without a line end somewhere in a hit.
    pub(crate) run: usize,
    /// Whether line ends may occur between its bytes.
    pub(crate) wrapped: bool,
}

/// Adds all needles of one secret's pieces. Equal byte strings are kept once, under the plainest encoding.
pub(crate) fn needles_of(secret: usize, pieces: &[Piece], needles: &mut Vec<Needle>) {
    let first = needles.len();
    for piece in pieces {
        for (encoding, bytes) in spellings(piece) {
            if bytes.len() < LEAST_LENGTH
                || needles[first..].iter().any(|known| known.bytes == bytes)
            {
                continue;
            }
            let broken_anywhere = matches!(
                encoding,
                Encoding::Base64
                    | Encoding::Base64Url
                    | Encoding::Hex
                    | Encoding::Base32
                    | Encoding::HexList
                    | Encoding::Numbers
                    | Encoding::Uuencode
            );
            needles.push(Needle {
                window: window(piece, encoding, bytes.len()),
                // Lines of such text are long: a short value contains at most one line end.
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
        if is_mixed(piece) {
            needles.push(Needle {
                window: piece.text.len(),
                run: piece.text.len(),
                wrapped: false,
                bytes: piece.text.clone(),
                secret,
                group: piece.group,
                encoding: Encoding::Mixed,
            });
        }
    }
}

/// Whether a piece is searched for in mixed spellings: it is text with characters that writers escape. A long fragment of random text has
/// enough bytes between them.
fn is_mixed(piece: &Piece) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    let is_text = piece.forms == Forms::All || piece.longest_line.is_some();
    is_text
        && piece.forms != Forms::Encoded
        && piece.text.len() <= LONGEST_MIXED
        && piece.text.len() >= LEAST_LENGTH
        && !piece.text.iter().all(is_plain)
}

/// Returns the min. length of an encoded piece in a hit.
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
                // Rare, and found as a whole only: windows would only enlarge the index.
                Encoding::Base64Base64Base64
                | Encoding::Base32
                | Encoding::Uuencode
                | Encoding::HexList
                | Encoding::Numbers
                | Encoding::QuotedPrintable
                | Encoding::Shell
                | Encoding::Literal
                | Encoding::Doubled
                | Encoding::Utf32Le
                | Encoding::Utf32Be
                | Encoding::Twice => encoded,
                _ => (FRAGMENT * encoded).div_ceil(piece.text.len()),
            };
            // A long text is found by long windows, so that few of its bytes need an index entry.
            let window = match piece.text.len() {
                0..=512 => window,
                513..=2048 => window * 3 / 2,
                _ => window * 4,
            };
            window.min(encoded)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check of mixtures costs more than the rest of the search: what has nothing to escape must not bring it in.
    #[test]
    fn only_text_with_punctuation_is_looked_for_in_mixtures() {
        let is_mixed = |value: &[u8]| {
            let secret = Secret::new("s", value).unwrap();
            let mut needles = Vec::new();
            needles_of(0, &parts_of(&secret).pieces, &mut needles);
            needles.iter().any(|one| one.encoding == Encoding::Mixed)
        };
        // Such a token decodes as base64, to bytes that are no text.
        assert!(!is_mixed(b"9aXk2LmQ7vRt4WbY6NcJ1sDf8GhP3zEo5Tu0"));
        assert!(!is_mixed(b"ghp_9aXk2LmQ7vRt4WbY6NcJ1sDf8GhP3zEo5Tu0"));
        assert!(!is_mixed(b"d41d8cd98f00b204e9800998ecf8427e"));
        assert!(is_mixed(b"p4$$w'rd\"x\\y&z"));
    }
}
