//! What is mounted over the file system of a step.
//!
//! In: the mounts, in their order. Out: the mount that a path leads to, in as many steps as the path has components.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::domain::symbol::{Component, SymbolicPath};

/// Something mounted over the file system of the step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MountPoint {
    pub(crate) path: SymbolicPath,
    pub(crate) kind: MountKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MountKind {
    /// Discarded after the step: tmpfs, a writable bind mount, /dev, /proc.
    Discarded,
    /// Kept by the builder under this id.
    Cache(Rc<str>),
    /// A secret: one file, read-only.
    Secret,
}

/// All mounts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mounts {
    all: Vec<MountPoint>,
    by_path: BTreeMap<SymbolicPath, Here>,
}

/// What is mounted at one path.
#[derive(Debug, Clone)]
struct Here {
    /// The last mount, which hides the others.
    kind: MountKind,
    /// Whether one of them is a directory.
    is_directory: bool,
}

impl Mounts {
    pub(super) fn push(&mut self, path: &SymbolicPath, kind: MountKind) {
        let is_directory = kind != MountKind::Secret;
        let before = self.by_path.get(path);
        let here = Here {
            kind: kind.clone(),
            is_directory: is_directory || before.is_some_and(|here| here.is_directory),
        };
        self.by_path.insert(path.clone(), here);
        let path = path.clone();
        self.all.push(MountPoint { path, kind });
    }

    /// Returns the mounts in their order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &MountPoint> {
        self.all.iter()
    }

    /// Returns the mount that contains a path, and the components beneath it.
    pub(super) fn around<'p>(
        &self,
        key: &'p SymbolicPath,
    ) -> Option<(&MountKind, &'p [Component])> {
        let components = key.components();
        let mut ends = (0..=components.len()).rev();
        let here = ends.find_map(|end| {
            let (mount, rest) = components.split_at(end);
            Some((self.by_path.get(mount)?, rest))
        });
        let root = || Some((self.by_path.get(&SymbolicPath::root())?, components));
        here.or_else(root).map(|(here, rest)| (&here.kind, rest))
    }

    /// Whether a directory is mounted at this path.
    pub(crate) fn has_directory(&self, key: &SymbolicPath) -> bool {
        self.by_path.get(key).is_some_and(|here| here.is_directory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_and_last_mount_contains_a_path() {
        let mut mounts = Mounts::default();
        mounts.push(&"/a".into(), MountKind::Discarded);
        mounts.push(&"/a/b".into(), MountKind::Cache("x".into()));
        mounts.push(&"/a/c".into(), MountKind::Discarded);
        mounts.push(&"/a/c".into(), MountKind::Secret);
        for (path, expected) in [
            ("/a", Some(MountKind::Discarded)),
            ("/a/x/y", Some(MountKind::Discarded)),
            ("/a/b/y", Some(MountKind::Cache("x".into()))),
            ("/a/c", Some(MountKind::Secret)),
            ("/ab", None),
        ] {
            let path = path.into();
            let found = mounts.around(&path).map(|(kind, _)| kind);
            assert_eq!(found, expected.as_ref(), "{path:?}");
        }
        assert!(mounts.has_directory(&"/a/c".into()));
        assert!(!mounts.has_directory(&"/a/x".into()));
    }
}
