//! The blobs of an image, each of them scanned.

use std::collections::{HashMap, HashSet};

use crate::document::Facts;
use crate::report::{Gap, Reason};
use crate::worker::Blob;

/// The members that say what belongs to the image.
pub(crate) const ROOTS: [&str; 3] = ["manifest.json", "index.json", "oci-layout"];

/// Whether a member says what belongs to the image.
pub(crate) fn is_root(name: &str) -> bool {
    ROOTS.contains(&name)
}

/// More members than this are no image's blobs.
pub(crate) const MOST_BLOBS: usize = 65_536;

/// What kind of thing was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Blobs with a manifest or an index.
    Image,
    /// A tree of files, as `type=tar` and `type=local` outputs are.
    Tree,
    /// Text.
    Log,
}

/// The blobs of an image, scanned.
#[derive(Debug)]
pub(crate) struct Contents {
    pub(crate) kind: Kind,
    pub(crate) blobs: Vec<Blob>,
    /// SHA-256 of those whose name or manifest says what it should be, by their index.
    pub(crate) digests: HashMap<usize, String>,
    /// Members that are links to other members: old docker archives have these for layers that occur twice.
    pub(crate) links: HashMap<String, String>,
    pub(crate) gaps: Vec<Gap>,
    /// Of the members that were not worth keeping.
    pub(crate) other_files: u64,
    /// Members of the archive, or files of the directory.
    pub(crate) members: u64,
    /// Digests that an index names and that the caller did not ask for: other platforms.
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

    /// Remembers a link. Only those between the few members of an image are of interest.
    pub(crate) fn link(&mut self, name: String, target: String) {
        if self.links.len() < MOST_BLOBS {
            self.links.insert(name, target);
        }
    }

    /// Keeps a blob for the questions of the manifests, or only its figures where nothing can be asked about it.
    /// Returns the number of a blob that was kept.
    pub(crate) fn keep(&mut self, blob: Blob, is_named: bool) -> Option<usize> {
        let dull = blob.sightings.is_empty()
            && blob.gaps.is_empty()
            && !is_named
            && !is_root(&blob.name)
            && matches!(blob.facts, None | Some(Facts::Other));
        // What was found has room of its own.
        let most = MOST_BLOBS * if blob.sightings.is_empty() { 1 } else { 2 };
        if dull || self.blobs.len() >= most {
            self.other_files += blob.files;
            if !dull && self.gaps.iter().all(|gap| gap.reason != Reason::Budget) {
                self.gaps.push(Gap::new(
                    Reason::Budget,
                    "",
                    "the archive has more members than can be kept track of",
                ));
            }
            return None;
        }
        self.blobs.push(blob);
        Some(self.blobs.len() - 1)
    }
}
