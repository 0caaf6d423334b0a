//! An upper bound of the taint of all files. In: each content and each name as it is written. Out: their join. It also contains that of files
//! that were removed.

use crate::domain::value::{Taint, Value};

/// The join of all taints that were ever written.
#[derive(Debug, Clone, Default)]
pub(super) struct Written {
    pub(super) contents: Taint,
    pub(super) names: Taint,
}

impl Written {
    pub(super) fn add_content(&mut self, content: &Value) {
        if content.is_tainted() {
            self.contents = self.contents.join(&content.taint());
        }
    }

    pub(super) fn add_name(&mut self, name: &Taint) {
        self.names = self.names.join(name);
    }

    #[must_use]
    pub(super) fn join(&self, other: &Self) -> Self {
        Self {
            contents: self.contents.join(&other.contents),
            names: self.names.join(&other.names),
        }
    }
}
