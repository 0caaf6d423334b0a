//! Scans one blob: its bytes, and everything that can be unpacked from them. Data that cannot be unpacked is noted; nothing is
//! skipped because of its name, place or size.

use std::collections::HashMap;
use std::io::{self, Read};
use std::rc::Rc;

use dockerfile_dsl_analysis::secret_text::Encoding;
use sha2::{Digest, Sha256};

use crate::document::{self, Facts};
use crate::report::{Gap, Reason};
use crate::scan::{Hashing, Scan, hex};
use crate::stream::{Mark, MemberPart, Placed, Tap};
use crate::tree::Tree;
use crate::windows::InUse;

/// Max. places of one secret in one blob; further ones are dropped.
const MOST_SIGHTINGS: usize = 1000;
const MOST_GAPS: usize = 100;

/// ScanPlace of the current content.
#[derive(Clone)]
pub(crate) struct ScanPlace {
    /// `outer.tar!`
    pub(crate) container: Rc<str>,
    pub(crate) name: Rc<[u8]>,
    /// Containers and compressions inside the file, outermost first.
    pub(crate) chain: Rc<[&'static str]>,
    /// Their number.
    pub(crate) depth: usize,
    /// Whether this is the blob itself, compressed or not: its members are files of the image.
    pub(crate) outermost: bool,
}

impl ScanPlace {
    fn blob() -> Self {
        Self {
            container: "".into(),
            name: Rc::from(&b""[..]),
            chain: Rc::from([]),
            depth: 0,
            outermost: true,
        }
    }

    /// Returns `outer.tar!` for the members of this file.
    pub(crate) fn inside(&self) -> Rc<str> {
        if self.outermost || self.container.is_empty() && self.name.is_empty() {
            "".into()
        } else {
            format!("{}{}!", self.container, String::from_utf8_lossy(&self.name)).into()
        }
    }

    /// Returns the content of this file after one more step of unpacking.
    pub(crate) fn unpacked(&self, step: &'static str) -> Self {
        let mut place = self.clone();
        place.depth += 1;
        if !self.outermost {
            place.chain = self.chain.iter().copied().chain([step]).collect();
        }
        place
    }

    /// Returns a member of this container.
    pub(crate) fn member(&self, container: &Rc<str>, name: &Rc<[u8]>) -> Self {
        Self {
            container: container.clone(),
            name: name.clone(),
            chain: self.chain.clone(),
            depth: self.depth,
            outermost: false,
        }
    }

    pub(crate) fn mark(&self, start: u64) -> Mark {
        Mark {
            start,
            container: self.container.clone(),
            name: self.name.clone(),
            chain: self.chain.clone(),
            part: MemberPart::Content,
        }
    }

    pub(crate) fn path(&self) -> String {
        format!("{}{}", self.container, String::from_utf8_lossy(&self.name))
    }
}

/// All hits of one secret in one encoding in one file.
#[derive(Debug)]
pub(crate) struct Sighting {
    pub(crate) secret: usize,
    pub(crate) encoding: Encoding,
    pub(crate) chain: Vec<&'static str>,
    pub(crate) path: String,
    pub(crate) part: MemberPart,
    /// Offset of the first hit, in the file or field of the path.
    pub(crate) offset: u64,
    /// Ranges of the needles that were found.
    pub(crate) seen: HashMap<usize, Vec<(usize, usize)>>,
}

/// The contents of one blob.
#[derive(Debug, Default)]
pub(crate) struct Blob {
    /// Path in the archive or directory.
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) sightings: Vec<Sighting>,
    pub(crate) gaps: Vec<Gap>,
    /// Parsed JSON document.
    pub(crate) facts: Option<Facts>,
    /// Paths of a tar archive.
    pub(crate) tree: Option<Tree>,
    /// SHA-256 of the decoded bytes, on request.
    pub(crate) diff_id: Option<String>,
    pub(crate) files: u64,
}

/// Scans blobs, one after the other.
pub(crate) struct Worker<'s> {
    pub(crate) scan: &'s Scan,
    pub(crate) blob: Blob,
    index: HashMap<(usize, Encoding, MemberPart, String, Vec<&'static str>), usize>,
    buffers: Vec<Vec<u8>>,
    windows: InUse,
    unpack: Unpack,
    /// Whether its inputs are files, and not blobs that contain the files of an image.
    has_files: bool,
}

/// Reads content up to an offset, and everything nested in it. Each format passes its members to the one function that knows all
/// formats; it is injected here, so that a format need not know the others.
pub(crate) type Unpack = fn(&mut Worker<'_>, &mut Tap<'_>, u64, &ScanPlace);

impl<'s> Worker<'s> {
    pub(crate) fn new(scan: &'s Scan, unpack: Unpack) -> Self {
        Self {
            scan,
            blob: Blob::default(),
            index: HashMap::new(),
            buffers: Vec::new(),
            windows: InUse::default(),
            unpack,
            has_files: false,
        }
    }

    /// The same for the files of a tree.
    pub(crate) fn of_files(self) -> Self {
        Self {
            has_files: true,
            ..self
        }
    }

    /// Reads a blob to its end.
    pub(crate) fn scan_blob(&mut self, name: &str, size: u64, reader: &mut dyn Read) -> Blob {
        self.blob = Blob {
            name: name.to_owned(),
            ..Blob::default()
        };
        self.index.clear();
        let mut tap = Tap::new(
            reader,
            &self.scan.matcher,
            self.buffers.pop().unwrap_or_default(),
            0,
        );
        let place = ScanPlace {
            outermost: !self.has_files,
            ..ScanPlace::blob()
        };
        if size <= self.scan.limits.document
            && tap.peek(1).first().is_some_and(|byte| b"{[".contains(byte))
        {
            let mut text = vec![0; usize::try_from(size).unwrap_or(0)];
            let count = tap.take(&mut text, u64::MAX);
            text.truncate(count);
            let found = document::search(&text, &self.scan.matcher);
            self.blob.facts = Some(document::facts(&text));
            for (pointer, hit) in found {
                let mark = Mark {
                    name: pointer.into_bytes().into(),
                    ..place.mark(0)
                };
                self.record(vec![Placed {
                    offset: hit.place.start as u64,
                    hit,
                    mark,
                }]);
            }
            self.inside_document(&text, &place);
        } else {
            self.content(&mut tap, u64::MAX, &place);
        }
        tap.skip_to(u64::MAX);
        self.blob.size = tap.offset();
        let (placed, buffer, error) = tap.finish();
        self.buffers.push(buffer);
        self.record_unknown(placed);
        if let Some(error) = error {
            self.gap(Reason::of(&error), &place, &error.to_string());
        }
        if self.blob.size < size && size != u64::MAX {
            self.gap(
                Reason::Truncated,
                &place,
                "it is shorter than its stated size",
            );
        }
        std::mem::take(&mut self.blob)
    }

    /// Reads a stream of partly unpacked data to its end, and searches its bytes without a format.
    pub(crate) fn scan_bytes(&mut self, name: &str, tap: Tap<'_>) -> Blob {
        self.blob.name = name.to_owned();
        let (placed, _, error) = tap.finish();
        self.record(placed);
        if let Some(error) = error {
            self.gap(Reason::of(&error), &ScanPlace::blob(), &error.to_string());
        }
        std::mem::take(&mut self.blob)
    }

    /// Records the hits in the bytes of a document or a compressed layer, unless the parsed form has them.
    fn record_unknown(&mut self, placed: Vec<Placed>) {
        let known = |placed: &Placed| {
            let secret = self.scan.matcher.needles()[placed.hit.needle].secret;
            placed.mark.name.is_empty()
                && self
                    .blob
                    .sightings
                    .iter()
                    .any(|sighting| sighting.secret == secret)
        };
        let placed = placed.into_iter().filter(|placed| !known(placed)).collect();
        self.record(placed);
    }

    /// Reads content up to the offset `end` of the tap, and everything nested in it.
    pub(crate) fn content(&mut self, tap: &mut Tap<'_>, end: u64, place: &ScanPlace) {
        (self.unpack)(self, tap, end, place);
    }

    /// Unpacks base64 in a string of a document: an `ENV`, a label, a script.
    fn inside_document(&mut self, mut text: &[u8], place: &ScanPlace) {
        let place = ScanPlace {
            outermost: false,
            ..place.clone()
        };
        let buffer = self.buffers.pop().unwrap_or_default();
        let mut tap = Tap::new(&mut text, &self.scan.matcher, buffer, 1);
        self.content(&mut tap, u64::MAX, &place);
        // Its own bytes are searched already.
        let (_, buffer, _) = tap.finish();
        self.buffers.push(buffer);
    }

    /// Runs an action that needs this much memory for windows.
    pub(crate) fn with_window<T>(
        &mut self,
        window: usize,
        work: impl FnOnce(&mut Self) -> io::Result<T>,
    ) -> io::Result<T> {
        let scan = self.scan;
        let (before, held) = self
            .windows
            .add(&scan.windows, window, scan.limits.window)?;
        let result = work(self);
        self.windows = before;
        drop(held);
        result
    }

    /// Searches the output of a decoder, and everything nested in it.
    pub(crate) fn decoded(&mut self, reader: &mut dyn Read, place: &ScanPlace) -> Decoded {
        let scan = self.scan;
        let mut hashing = Hashing::new(reader, scan, !place.outermost);
        hashing.sha = (scan.diff_ids && place.outermost).then(Sha256::new);
        let mut tap = Tap::new(
            &mut hashing,
            &scan.matcher,
            self.buffers.pop().unwrap_or_default(),
            place.depth,
        );
        tap.mark(place.mark(0));
        self.content(&mut tap, u64::MAX, place);
        tap.skip_to(u64::MAX);
        let bytes = tap.offset();
        let (placed, buffer, error) = tap.finish();
        self.buffers.push(buffer);
        self.record(placed);
        if let Some(sha) = hashing.sha {
            self.blob.diff_id = Some(hex(&sha.finalize()));
        }
        Decoded { bytes, error }
    }

    /// Searches a header of the outer archive.
    pub(crate) fn header(&mut self, text: &[u8]) {
        let hits = self.scan.matcher.find(text);
        let mark = Mark {
            part: MemberPart::Header,
            ..ScanPlace::blob().mark(0)
        };
        let placed = hits
            .into_iter()
            .map(|hit| Placed {
                offset: hit.place.start as u64,
                hit,
                mark: mark.clone(),
            })
            .collect();
        self.record(placed);
    }

    /// Returns the hits of [`Self::header`], as a separate blob.
    pub(crate) fn take_headers(&mut self) -> Blob {
        Blob {
            name: "(member names)".to_owned(),
            ..std::mem::take(&mut self.blob)
        }
    }

    fn record(&mut self, placed: Vec<Placed>) {
        for Placed { hit, offset, mark } in placed {
            let needle = &self.scan.matcher.needles()[hit.needle];
            let path = format!("{}{}", mark.container, String::from_utf8_lossy(&mark.name));
            let key = (
                needle.secret,
                needle.encoding,
                mark.part,
                path,
                mark.chain.to_vec(),
            );
            let index = match self.index.get(&key) {
                Some(&index) => index,
                // Each secret has its own limit: many findings of one do not hide another.
                None if self
                    .blob
                    .sightings
                    .iter()
                    .filter(|sighting| sighting.secret == key.0)
                    .count()
                    >= MOST_SIGHTINGS =>
                {
                    continue;
                }
                None => {
                    self.blob.sightings.push(Sighting {
                        secret: key.0,
                        encoding: key.1,
                        part: key.2,
                        path: key.3.clone(),
                        chain: key.4.clone(),
                        offset: offset.saturating_sub(mark.start),
                        seen: HashMap::new(),
                    });
                    self.index.insert(key, self.blob.sightings.len() - 1);
                    self.blob.sightings.len() - 1
                }
            };
            add_range(
                self.blob.sightings[index]
                    .seen
                    .entry(hit.needle)
                    .or_default(),
                (hit.part.start, hit.part.end),
            );
        }
    }

    /// Records a part that could not be searched.
    pub(crate) fn gap(&mut self, reason: Reason, place: &ScanPlace, detail: &str) {
        if self.blob.gaps.len() < MOST_GAPS {
            let blob = &self.blob.name;
            let path = place.path();
            let path = if path.is_empty() {
                blob.clone()
            } else {
                format!("{blob}: {path}")
            };
            self.blob.gaps.push(Gap::new(reason, path, detail));
        }
    }

    pub(crate) fn gap_count(&self) -> usize {
        self.blob.gaps.len()
    }

    /// Drops the gaps after the first `count`: they were in a false start. An exhausted budget is kept.
    pub(crate) fn forget_gaps(&mut self, count: usize) {
        let mut index = 0;
        self.blob.gaps.retain(|gap| {
            index += 1;
            index <= count || gap.reason == Reason::Budget
        });
    }

    /// Whether one more step of unpacking is allowed.
    pub(crate) fn may_descend(&mut self, place: &ScanPlace, into: &str) -> bool {
        let may = place.depth < self.scan.limits.depth;
        if !may {
            self.gap(Reason::Depth, place, &format!("{into} is nested too deep"));
        }
        may
    }
}

/// Outcome of a decoder.
pub(crate) struct Decoded {
    pub(crate) bytes: u64,
    pub(crate) error: Option<std::io::Error>,
}

/// Merges a range into a sorted list of disjoint ranges.
fn add_range(ranges: &mut Vec<(usize, usize)>, mut range: (usize, usize)) {
    if ranges
        .iter()
        .any(|known| known.0 <= range.0 && range.1 <= known.1)
    {
        return;
    }
    ranges.retain(|known| {
        let apart = known.1 < range.0 || range.1 < known.0;
        if !apart {
            range = (range.0.min(known.0), range.1.max(known.1));
        }
        apart
    });
    ranges.push(range);
    ranges.sort_unstable();
}
