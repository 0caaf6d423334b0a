//! An upper bound of the taint of all files. In: each content and each name as it is written. Out: their join. It also contains that of files
//! that were removed.

use crate::domain::map::{Marked, PersistentMap};
use crate::domain::value::{SourceId, Taint, Told, Value};

impl Marked for Told {}

/// The join of all taints that were ever written.
#[derive(Debug, Clone, Default)]
pub(super) struct Written {
    /// A map, since a step may mount thousands of secrets.
    contents: PersistentMap<SourceId, Told>,
    pub(super) names: Taint,
}

impl Written {
    /// Returns the join of the taints of all contents.
    pub(super) fn contents(&self) -> Taint {
        let ways = self.contents.values().cloned();
        Taint::of_ways(ways.collect())
    }

    pub(super) fn add_content(&mut self, content: &Value) {
        if !content.is_tainted() {
            return;
        }
        for told in content.taint().ways() {
            add(&mut self.contents, told);
        }
    }

    pub(super) fn add_name(&mut self, name: &Taint) {
        self.names = self.names.join(name);
    }

    #[must_use]
    pub(super) fn join(&self, other: &Self) -> Self {
        let mut contents = self.contents.clone();
        (self.contents).all_differences(&other.contents, 0, &mut |_, _, theirs| {
            theirs.into_iter().for_each(|told| add(&mut contents, told));
            true
        });
        let names = self.names.join(&other.names);
        Self { contents, names }
    }
}

/// Adds a source, with the larger share.
fn add(contents: &mut PersistentMap<SourceId, Told>, told: &Told) {
    let is_known = |own: &Told| own.share >= told.share;
    if !contents.get(&told.source).is_some_and(is_known) {
        contents.insert(told.source, told.clone());
    }
}
