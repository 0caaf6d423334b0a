//! The classes of a Java runtime created by `jlink --compress`: each has a header of 29 bytes, then zlib.

use super::probe::{Sight, Sniffed};

pub(super) fn probe(sight: &Sight<'_>) -> Option<Sniffed> {
    sight.is_zlib_at(29).then_some(Sniffed::Zlib(29, "jimage"))
}
