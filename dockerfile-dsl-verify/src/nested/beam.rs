//! The literals of an Erlang or Elixir module: the length of the chunk, the unpacked length, and zlib.

use super::probe::{Sight, Sniffed};

pub(super) fn probe(sight: &Sight<'_>) -> Option<Sniffed> {
    let fits = u64::from(sight.u32_be(4)?) < sight.left;
    (fits && sight.is_zlib_at(12)).then_some(Sniffed::Zlib(12, "beam"))
}
