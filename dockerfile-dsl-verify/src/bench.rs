//! For `benches/scan.rs`: the search by itself, which the public API does only together with reading an image. Not part of the
//! documented API.

use crate::needle::{needles_of, parts_of};
use crate::search::Matcher;
use crate::secret::Secret;

/// The needles of secrets, indexed.
#[expect(missing_debug_implementations, reason = "its needles are secrets")]
pub struct Search(Matcher);

impl Search {
    /// Indexes the needles.
    #[must_use]
    pub fn new(secrets: &[Secret]) -> Self {
        let mut needles = Vec::new();
        for (index, secret) in secrets.iter().enumerate() {
            needles_of(index, &parts_of(secret).pieces, &mut needles);
        }
        Self(Matcher::new(needles))
    }

    /// Searches a text, and returns the number of hits.
    #[must_use]
    pub fn count(&self, text: &[u8]) -> usize {
        self.0.find(text).len()
    }
}
