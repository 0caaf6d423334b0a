//! For the benchmarks of this crate only: the search by itself.

use crate::needle::{needles_of, parts_of};
use crate::search::Matcher;
use crate::secret::Secret;

/// Counts the hits in a text.
pub fn search(secrets: &[Secret], text: &[u8], rounds: usize) -> usize {
    let mut needles = Vec::new();
    for (index, secret) in secrets.iter().enumerate() {
        needles_of(index, &parts_of(secret).pieces, &mut needles);
    }
    let matcher = Matcher::new(needles);
    (0..rounds).map(|_| matcher.find(text).len()).sum()
}
