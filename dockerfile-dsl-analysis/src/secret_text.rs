//! The text of a secret's value: which parts of it are secret by themselves, and the spellings of each part.
//!
//! In: the bytes of a value, and its [`Format`] if that is known. Out: [`Parts`], and the spellings of each ([`spellings`]). Preflight and
//! the search of a built image share this answer. It searches nothing.
//! Every copy of a value is written into a [`Buffer`] of the caller's type. This crate has no dependencies and wipes nothing, so the caller
//! chooses a type that wipes itself (`Zeroizing<Vec<u8>>`).

mod alphabet;
mod block;
mod encoding;
mod format;
mod json;
mod parts;
mod piece;
mod private_key;
mod randomness;
mod spelling;
mod structure;
mod text;

pub use alphabet::{ALPHABETS, Alphabet, forms};
pub use block::{BLOCKS, Block};
pub use encoding::{Encoding, decode_base64};
pub use format::Format;
pub use parts::Parts;
pub use piece::{Buffer, FRAGMENT, Forms, LEAST_LENGTH, Need, Piece};
pub use randomness::is_varied;
pub use spelling::{MOST_SPELLINGS, spelling_table, spellings};
pub use text::trim;

/// Finds the parts of a value that are secret by themselves. Parts shorter than [`LEAST_LENGTH`] are only counted.
#[must_use]
pub fn parts<B: Buffer>(value: &[u8], format: Option<Format>) -> Parts<B> {
    let mut parts = Parts::new();
    let decoded: Option<B> = text::decode_utf16(value);
    let value = trim(decoded.as_ref().map_or(value, |text| text.as_slice()));
    if value.len() < LEAST_LENGTH {
        parts.too_short = 1;
        return parts;
    }
    let is_opaque = format == Some(Format::Opaque);
    if !is_opaque && structure::is_wrapped_base64(value) {
        structure::collect_value(value, &mut parts);
        return parts;
    }
    if !is_opaque {
        structure::collect(value, format, &mut parts);
    }
    let has_lines = value.contains(&b'\n');
    let has_pieces = !parts.pieces.is_empty();
    let is_value = !has_lines && (!has_pieces || !structure::is_structured(value, format));
    if is_value || !has_pieces && parts.too_short == 0 {
        match is_opaque {
            true => parts.any(value),
            false => structure::collect_value(value, &mut parts),
        }
    } else if !has_lines {
        // A structured line, such as a URL: the whole line is a part, too, in case the heuristics missed something.
        parts.whole_line(value);
    }
    parts
}

#[cfg(test)]
mod tests;
