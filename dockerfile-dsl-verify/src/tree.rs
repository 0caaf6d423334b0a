//! The paths of a layer, to decide which files of the layers below it deletes or replaces. Stored as hashes: a layer may have a
//! million of them.

use std::hash::{DefaultHasher, Hasher as _};

/// Hashes of the paths of one layer. A deleted directory counts by its path.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// Existing files: an earlier file of that path is replaced.
    files: Vec<u64>,
    /// `.wh.NAME`: the file or directory NAME of a lower layer is deleted.
    deleted: Vec<u64>,
    /// `.wh..wh..opq`: everything that lower layers have in the directory is deleted.
    emptied: Vec<u64>,
    sorted: bool,
}

impl Tree {
    /// Adds an entry that is not a directory.
    pub(crate) fn add(&mut self, path: &[u8]) {
        let path = normal(path);
        let (directory, name) = match path.iter().rposition(|&byte| byte == b'/') {
            Some(slash) => (&path[..slash], &path[slash + 1..]),
            None => (&b""[..], path),
        };
        if name == b".wh..wh..opq" {
            self.emptied.push(hash(directory));
        } else if let Some(name) = name.strip_prefix(b".wh.") {
            self.deleted.push(if directory.is_empty() {
                hash(name)
            } else {
                hash(&[directory, name].join(&b'/'))
            });
        } else {
            self.files.push(hash(path));
        }
    }

    /// Sorts the hashes, before the first lookup.
    pub(crate) fn sort(&mut self) {
        for list in [&mut self.files, &mut self.deleted, &mut self.emptied] {
            list.sort_unstable();
        }
        self.sorted = true;
    }

    /// Whether a file of a lower layer is no longer visible.
    pub(crate) fn hides(&self, path: &[u8]) -> bool {
        debug_assert!(self.sorted);
        let path = normal(path);
        let has = |list: &[u64], path: &[u8]| list.binary_search(&hash(path)).is_ok();
        has(&self.files, path)
            || has(&self.deleted, path)
            || has(&self.emptied, b"")
            || (0..path.len()).filter(|&at| path[at] == b'/').any(|slash| {
                has(&self.deleted, &path[..slash]) || has(&self.emptied, &path[..slash])
            })
    }
}

/// Removes `./` and `/` at its ends.
fn normal(path: &[u8]) -> &[u8] {
    let mut path = path;
    while let Some(rest) = path.strip_prefix(b"./").or_else(|| path.strip_prefix(b"/")) {
        path = rest;
    }
    path.strip_suffix(b"/").unwrap_or(path)
}

/// Returns a hash of the path: the same for equal paths in one run.
fn hash(path: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(path);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(entries: &[&str], path: &str, expected: bool) {
        let mut tree = Tree::default();
        entries.iter().for_each(|entry| tree.add(entry.as_bytes()));
        tree.sort();
        assert_eq!(tree.hides(path.as_bytes()), expected, "{entries:?} {path}");
    }

    #[test]
    fn whiteouts_and_replacements_hide_a_file() {
        check(&["root/.wh..npmrc"], "root/.npmrc", true);
        check(&["./root/.wh..npmrc"], "/root/.npmrc", true);
        check(&["root/.npmrc"], "root/.npmrc", true);
        check(&[".wh.root"], "root/.config/x", true);
        check(&["root/.wh..wh..opq"], "root/.config/x", true);
        check(&[".wh..wh..opq"], "x", true);
    }

    #[test]
    fn other_files_stay_visible() {
        check(
            &["root/.wh.npmrc", "root/.npmrcs", "etc/.wh..wh..opq"],
            "root/.npmrc",
            false,
        );
        check(&["rootx/.wh..wh..opq"], "root/x", false);
    }
}
