//! Flash: a header of 8 bytes, then one zlib stream.

use super::probe::{Sight, Sniffed};

pub(super) fn probe(sight: &Sight<'_>) -> Option<Sniffed> {
    // Version 6 was the first to support compression.
    let is_version = matches!(sight.head.get(3), Some(6..=60));
    (is_version && sight.is_zlib_at(8)).then_some(Sniffed::Zlib(8, "swf"))
}

/// Detects LZMA, supported from version 13 on, with Flash's own header.
pub(super) fn probe_lzma(sight: &Sight<'_>) -> Option<Sniffed> {
    matches!(sight.head.get(3), Some(13..=60)).then_some(Sniffed::Unread("swf by lzma"))
}
