//! Flash: a header of eight bytes, then all of it as one zlib stream.

use super::probe::{Sight, Sniffed};

pub(super) fn probe(sight: &Sight<'_>) -> Option<Sniffed> {
    // Version 6 was the first that may be compressed.
    let is_version = matches!(sight.head.get(3), Some(6..=60));
    (is_version && sight.is_zlib_at(8)).then_some(Sniffed::Zlib(8, "swf"))
}

/// From version 13 on it may be LZMA, with a header of Flash's.
pub(super) fn probe_lzma(sight: &Sight<'_>) -> Option<Sniffed> {
    matches!(sight.head.get(3), Some(13..=60)).then_some(Sniffed::Unread("swf by lzma"))
}
