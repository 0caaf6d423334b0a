//! The names of contents, so that the files of a secret are found without a look at the others.
//!
//! In: each name as it is given to a content, or taken from it. Out: the names of a content. Invariant: after a join, every name that a
//! content has on either path is known; one of them may lead to another content by now.

use std::rc::Rc;

use crate::domain::map::{Join, Joined, Marked, PersistentMap};
use crate::domain::symbol::{ContentId, SymbolicPath};

/// The names of all contents.
#[derive(Debug, Clone, Default)]
pub(super) struct Names(PersistentMap<(ContentId, SymbolicPath), Name>);

/// A name has no properties.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Name;

impl Marked for Name {}

impl Names {
    pub(super) fn insert(&mut self, number: ContentId, path: &SymbolicPath) {
        self.0.insert((number, path.clone()), Name);
    }

    pub(super) fn remove(&mut self, number: ContentId, path: &SymbolicPath) {
        self.0.remove(&(number, path.clone()));
    }

    /// Returns the names of a content.
    pub(super) fn of(&self, number: ContentId) -> impl Iterator<Item = &SymbolicPath> {
        let first = (number, SymbolicPath(Rc::from([])));
        let names = self.0.iter_from(&first);
        let names = names.take_while(move |((own, _), _)| *own == number);
        names.map(|((_, path), _)| path)
    }

    #[must_use]
    pub(super) fn join(&self, other: &Self) -> Self {
        Self(self.0.join(&other.0, 0, &mut All))
    }
}

/// Keeps the names of both.
struct All;

impl Join<(ContentId, SymbolicPath), Name> for All {
    fn both(&mut self, _: &(ContentId, SymbolicPath), _: &Name, _: &Name) -> Joined<Name> {
        Joined::Mine
    }

    fn only_mine(&mut self, _: &(ContentId, SymbolicPath), _: &Name) -> Option<Name> {
        None
    }

    fn only_theirs(&mut self, _: &(ContentId, SymbolicPath), theirs: &Name) -> Option<Name> {
        Some(*theirs)
    }
}

#[cfg(test)]
mod tests {
    use crate::Span;
    use crate::domain::symbol::{Site, SymbolicPath};
    use crate::domain::value::{Taint, Value};
    use crate::domain::{Allocator, Files, Step};

    fn secret() -> Value {
        let path = SymbolicPath::from("/run/secrets/t");
        Value::nameless(Taint::source(0, Span::default(), Step::Mounted { path }))
    }

    #[track_caller]
    fn check(files: &Files, expected: &[&str]) {
        let found = files.tainted_entries().into_iter();
        let found: Vec<_> = found.filter_map(|(path, _)| path.as_known()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_secret_is_found_by_all_names_of_its_content() {
        let births = Allocator::at(Site::default());
        let (one, other) = (births.content(), births.content());
        let mut files = Files::new();
        files.file(&"/b".into(), one, Taint::NONE);
        files.file(&"/c".into(), other, Taint::NONE);
        check(&files, &[]);
        files.set_content(one, secret());
        check(&files, &["/b"]);
        files.file(&"/a".into(), one, Taint::NONE);
        check(&files, &["/a", "/b"]);
        files.remove(&"/b".into());
        check(&files, &["/a"]);
        files.file(&"/a".into(), other, Taint::NONE);
        check(&files, &[]);
    }

    #[test]
    fn a_secret_is_found_after_a_join_of_two_contents() {
        let births = Allocator::at(Site::default());
        let (one, other) = (births.content(), births.content());
        let (mut files, mut others) = (Files::new(), Files::new());
        files.file(&"/a".into(), one, Taint::NONE);
        files.set_content(one, Value::empty());
        others.file(&"/a".into(), other, Taint::NONE);
        others.file(&"/b".into(), other, Taint::NONE);
        others.set_content(other, secret());
        check(&files.join(&others), &["/a", "/b"]);
        check(&others.join(&files), &["/a", "/b"]);
        check(&files.join(&files), &[]);
    }

    #[test]
    fn a_link_with_a_secret_target_is_found() {
        let mut files = Files::new();
        files.link(&"/a".into(), secret(), Taint::NONE);
        files.link(&"/b".into(), Value::known("/c"), Taint::NONE);
        check(&files, &["/a"]);
    }
}
