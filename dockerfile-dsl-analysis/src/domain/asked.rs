//! Records which paths a walk looks up in directories that only the base image knows.
//!
//! In: each path that a run looks up, in a world where those directories have names that no text contains. Out: whether another world can
//! give another verdict. It cannot if no other path leads to the files that were looked up: then the worlds differ in names only.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use crate::domain::symbol::{Component, SymbolicPath};
use crate::domain::value::{PieceKind, Value};

/// The first character of the name of a directory that only the base image knows. No path of a file or a script contains it.
pub(crate) const MARK: char = '\u{f8f0}';

/// Directories that exist in every image and contain files of every step.
const USUAL: [&str; 18] = [
    "bin", "boot", "dev", "etc", "home", "lib", "media", "mnt", "opt", "proc", "root", "run",
    "sbin", "srv", "sys", "tmp", "usr", "var",
];

/// The paths that were looked up, and whether anything else depends on the image's settings.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// Paths beneath such a directory.
    marked: RefCell<BTreeSet<SymbolicPath>>,
    /// Other paths that begin at the root.
    absolute: RefCell<BTreeSet<SymbolicPath>>,
    /// Home directories that apply if the image sets none.
    homes: RefCell<BTreeSet<SymbolicPath>>,
    decides: Cell<bool>,
}

impl Asked {
    /// Records the lookup of a path.
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

    /// Records that the text of such a path is compared or printed.
    pub(crate) fn value(&self, value: &Value) {
        if names_place(value) {
            self.decides();
        }
    }

    /// Records that a setting of the image decides the behaviour.
    pub(crate) fn decides(&self) {
        self.decides.set(true);
    }

    /// Records the home directory that a user has if the image does not set one.
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
        let is_met = |path: &SymbolicPath| overlaps(&absolute, path);
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

/// Whether one of the paths is equal to this one, above it or beneath it.
fn overlaps(paths: &BTreeSet<SymbolicPath>, path: &SymbolicPath) -> bool {
    let beneath = paths.range(path.clone()..).next();
    beneath.is_some_and(|other| other.starts_with(path))
        || (1..path.components().len()).any(|end| paths.contains(&path.components()[..end]))
}

/// Whether the text contains such a directory.
fn names_place(value: &Value) -> bool {
    let mut pieces = value.alternatives().iter().flat_map(|text| text.iter());
    pieces.any(|piece| matches!(&piece.kind, PieceKind::Known(known) if known.contains(MARK)))
}

impl Component {
    fn begins_with_mark(&self) -> bool {
        self.known_texts()
            .next()
            .is_some_and(|text| text.starts_with(MARK))
    }
}

impl SymbolicPath {
    /// Whether it is in a directory that only the base image knows.
    pub(crate) fn is_in_marked_place(&self) -> bool {
        self.components()
            .get(1)
            .is_some_and(Component::begins_with_mark)
    }
}
