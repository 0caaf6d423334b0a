//! What a walk asked of the places that only the base image knows.
//!
//! In: each path that a run looks up, in a world where those places have names that no text holds. Out: whether another world can give
//! another verdict. It cannot where no other path leads to what was looked up there: the worlds are then the same but for names.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use crate::domain::symbol::{Component, SymbolicPath};
use crate::domain::value::{Kind, Value};

/// Starts the name of a place that only the base image knows: no path of a file or a script holds it.
pub(crate) const MARK: char = '\u{f8f0}';

/// Directories that every image has, and in which every step has files.
const USUAL: [&str; 18] = [
    "bin", "boot", "dev", "etc", "home", "lib", "media", "mnt", "opt", "proc", "root", "run",
    "sbin", "srv", "sys", "tmp", "usr", "var",
];

/// The paths that were looked up, and whether anything else depends on what the image sets.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// Paths in such a place.
    marked: RefCell<BTreeSet<SymbolicPath>>,
    /// Other paths that begin at the root.
    absolute: RefCell<BTreeSet<SymbolicPath>>,
    /// Where the homes are if the image says nothing.
    homes: RefCell<BTreeSet<SymbolicPath>>,
    decides: Cell<bool>,
}

impl Asked {
    /// A path is looked up.
    pub(crate) fn path(&self, key: &SymbolicPath) {
        if !key.is_absolute() {
            return;
        }
        let known = key.components().iter().take_while(|one| !one.is_symbolic());
        let paths = match key.components().get(1) {
            Some(first) if first.begins_with_mark() => &self.marked,
            _ => &self.absolute,
        };
        if paths.borrow().contains(key) {
            return;
        }
        let all_known = known.clone().count() == key.components().len();
        let key = match all_known {
            true => key.clone(),
            false => SymbolicPath::root().join(&known.skip(1).cloned().collect::<Vec<_>>()),
        };
        paths.borrow_mut().insert(key);
    }

    /// The text of such a place is read, to be compared or printed.
    pub(crate) fn value(&self, value: &Value) {
        if names_place(value) {
            self.decides();
        }
    }

    /// What the image sets decides what happens.
    pub(crate) fn decides(&self) {
        self.decides.set(true);
    }

    /// A user has this home directory if the image does not say so.
    pub(crate) fn home(&self, usual: &str) {
        self.homes.borrow_mut().insert(usual.into());
    }

    /// Whether another world can give another verdict.
    pub(crate) fn is_open(&self) -> bool {
        if self.decides.get() {
            return true;
        }
        let (marked, homes) = (self.marked.borrow(), self.homes.borrow());
        let absolute = self.absolute.borrow();
        let is_met = |path: &SymbolicPath| meets(&absolute, path);
        marked.iter().any(|key| {
            let (place, rest) = (&key.components()[1], &key.components()[2..]);
            if place.is(&format!("{MARK}WORKDIR")) {
                let is_usual = |first: &Component| USUAL.iter().any(|usual| first.is(usual));
                rest.first().is_none_or(is_usual) || is_met(&SymbolicPath::root().join(rest))
            } else if place.is(&format!("{MARK}HOME")) {
                homes.iter().any(|home| is_met(&home.join(rest)))
            } else {
                homes.iter().any(is_met)
            }
        })
    }
}

/// Whether one of the paths is this one, above it or beneath it.
fn meets(paths: &BTreeSet<SymbolicPath>, path: &SymbolicPath) -> bool {
    let beneath = paths.range(path.clone()..).next();
    beneath.is_some_and(|other| other.starts_with(path))
        || (1..path.components().len()).any(|end| paths.contains(&path.components()[..end]))
}

/// Whether such a place is named in the text.
fn names_place(value: &Value) -> bool {
    let mut pieces = value.alternatives().iter().flat_map(|text| text.iter());
    pieces.any(|piece| matches!(&piece.kind, Kind::Known(known) if known.contains(MARK)))
}

impl Component {
    fn begins_with_mark(&self) -> bool {
        self.known_texts()
            .next()
            .is_some_and(|text| text.starts_with(MARK))
    }
}

impl SymbolicPath {
    /// Whether it is in a place that only the base image knows.
    pub(crate) fn is_in_marked_place(&self) -> bool {
        self.components()
            .get(1)
            .is_some_and(Component::begins_with_mark)
    }
}
