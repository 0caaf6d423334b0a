//! The secrets of a file, by the id that the command line gives them.
//!
//! In: secrets, one after the other. Out: one for each id, in the order of the ids; the first one of an id counts.
//! Why not `BTreeMap`: a file knows few secrets, and each type of map costs everybody who builds this crate thousands of lines to compile.

use crate::Secret;

/// Secrets by id.
#[derive(Debug, Clone, Default)]
pub(crate) struct Declared {
    secrets: Vec<(String, Secret)>,
}

impl Declared {
    /// The secret that has the id from now on: the one that had it, or else this one.
    pub(crate) fn declare(&mut self, id: &str, secret: Secret) -> Secret {
        match self.place(id) {
            Ok(at) => self.secrets[at].1,
            Err(at) => {
                self.secrets.insert(at, (id.to_owned(), secret));
                secret
            }
        }
    }

    pub(crate) fn get(&self, id: &str) -> Option<Secret> {
        let at = self.place(id).ok()?;
        Some(self.secrets[at].1)
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, (String, Secret)> {
        self.secrets.iter()
    }

    fn place(&self, id: &str) -> Result<usize, usize> {
        self.secrets
            .binary_search_by(|(known, _)| known.as_str().cmp(id))
    }
}
