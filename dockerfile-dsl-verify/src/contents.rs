//! The scanned blobs of an image.

use std::collections::{HashMap, HashSet};

use crate::document::Facts;
use crate::report::{Gap, Reason};
use crate::worker::Blob;

/// Members that name the blobs of an image.
pub(crate) const ROOTS: [&str; 3] = ["manifest.json", "index.json", "oci-layout"];

/// Whether a member names the blobs of an image.
pub(crate) fn is_root(name: &str) -> bool {
    ROOTS.contains(&name)
}

/// Max. members that are kept as blobs; an image has fewer.
pub(crate) const MOST_BLOBS: usize = 65_536;

/// Kind of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Blobs with a manifest or an index.
    Image,
    /// A tree of files, the output of `type=tar` and `type=local`.
    Tree,
    /// Text.
    Log,
}

/// The blobs of an image, scanned.
#[derive(Debug)]
pub(crate) struct Contents {
    pub(crate) kind: Kind,
    pub(crate) blobs: Vec<Blob>,
    /// SHA-256 of the blobs whose name or manifest states it, by index.
    pub(crate) digests: HashMap<usize, String>,
    /// Members that are links to other members: old docker archives use them for repeated layers.
    pub(crate) links: HashMap<String, String>,
    pub(crate) gaps: Vec<Gap>,
    /// Number of files in members that were not kept.
    pub(crate) other_files: u64,
    /// Members of the archive, or files of the directory.
    pub(crate) members: u64,
    /// Digests of other platforms in an index, which the caller did not select.
    pub(crate) left_out: HashSet<String>,
}

impl Contents {
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            kind,
            blobs: Vec::new(),
            digests: HashMap::new(),
            links: HashMap::new(),
            gaps: Vec::new(),
            other_files: 0,
            members: 0,
            left_out: HashSet::new(),
        }
    }

    /// Records a link between the few members of an image; ignores any other.
    pub(crate) fn link(&mut self, name: String, target: String) {
        if self.links.len() < MOST_BLOBS {
            self.links.insert(name, target);
        }
    }

    /// Keeps a blob that a manifest may refer to, else only its statistics. Returns the index of a kept blob.
    pub(crate) fn keep(&mut self, blob: Blob, is_named: bool) -> Option<usize> {
        let dull = blob.sightings.is_empty()
            && blob.gaps.is_empty()
            && !is_named
            && !is_root(&blob.name)
            && matches!(blob.facts, None | Some(Facts::Other));
        // Findings are stored separately.
        let most = MOST_BLOBS * if blob.sightings.is_empty() { 1 } else { 2 };
        if dull || self.blobs.len() >= most {
            self.other_files += blob.files;
            if !dull && self.gaps.iter().all(|gap| gap.reason != Reason::Budget) {
                self.gaps.push(Gap::new(
                    Reason::Budget,
                    "",
                    "the archive has more members than the limit",
                ));
            }
            return None;
        }
        self.blobs.push(blob);
        Some(self.blobs.len() - 1)
    }
}
