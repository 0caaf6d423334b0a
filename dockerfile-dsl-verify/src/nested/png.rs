//! Compressed text in a PNG: a chunk of keyword, method and a zlib stream. The pixels are not text.

use super::probe::{Sight, Sniffed};

/// Detects a chunk (length, kind, content): the signature is the kind.
pub(super) fn probe(sight: &Sight<'_>) -> Option<Sniffed> {
    let length = u32::from_be_bytes(*sight.before.last_chunk()?);
    // A keyword has at most 79 bytes; a language and a translated keyword may follow.
    let text = sight.head.get(4..)?;
    let end_of = |from: usize, most: usize| {
        let text = text.get(from..)?;
        memchr::memchr(0, &text[..text.len().min(most)]).map(|end| from + end + 1)
    };
    let keyword = end_of(0, 80).filter(|&end| end > 1)?;
    let start = if sight.head.starts_with(b"iTXt") {
        // A flag states whether it is compressed.
        if text.get(keyword) != Some(&1) {
            return None;
        }
        end_of(end_of(keyword + 2, 80)?, 1024)?
    } else {
        keyword + 1
    };
    let fits = u64::from(length) < sight.left && start < length as usize;
    (fits && sight.is_zlib_at(4 + start)).then_some(Sniffed::Zlib(4 + start, "png"))
}
