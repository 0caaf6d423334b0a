//! Unpacks nested content at any offset: compressions, archives, file systems, documents, up to a depth and a budget. Broken data
//! and known but unsupported formats are noted; a signature that occurs by chance is not.

mod ar;
mod base64;
mod beam;
mod compress;
mod cpio;
mod git;
mod jimage;
mod pdf;
mod png;
mod probe;
mod signature;
mod squashfs;
mod swf;
pub(crate) mod tar;
mod woff;
mod zip;

use std::io::ErrorKind;

use crate::report::Reason;
use crate::scan::Scan;
use crate::stream::{Span, Tap};
use crate::worker::{ScanPlace, Unpack, Worker};

pub(crate) use compress::{Compression, open};
pub(crate) use probe::Sniffed;
use probe::{Sight, Sure};
use signature::Seeker;

/// Detects the format by the first 4 KiB of the content.
pub(crate) fn sniff(head: &[u8], name: &[u8]) -> Option<Sniffed> {
    signature::at_start(&Sight {
        before: &[],
        head,
        left: u64::MAX,
        name,
        is_start: true,
    })
}

/// Returns a worker that unpacks every supported format.
pub(crate) fn worker(scan: &Scan) -> Worker<'_> {
    Worker::new(scan, content)
}

/// Reads content up to the offset `end` of the tap, and everything nested in it.
fn content(worker: &mut Worker<'_>, tap: &mut Tap<'_>, end: u64, place: &ScanPlace) {
    let mut seeker = Seeker::new(tap.offset());
    let mut is_start = true;
    while tap.offset() < end {
        let start = tap.offset();
        let first = if is_start {
            signature::sight(tap, end, &place.name, true, signature::at_start)
                .or_else(|| empty_layer(tap, place))
        } else {
            None
        };
        let (sniffed, sure) = match first {
            Some(sniffed) => (sniffed, Sure::Start),
            None => match seeker.seek(tap, end) {
                Some((sniffed, true)) => (sniffed, Sure::Guess),
                Some((sniffed, false)) => (sniffed, Sure::Fits),
                None => break,
            },
        };
        let start = if sure == Sure::Start {
            start
        } else {
            tap.offset()
        };
        // Only the container at the start of a layer is the tree of its files.
        let inner = ScanPlace {
            outermost: place.outermost && sure == Sure::Start,
            ..place.clone()
        };
        // Other data may begin after a compressed stream.
        is_start = unpack(worker, tap, end, &inner, sniffed, sure);
        seeker.go_on_from(tap.offset().max(start + 1));
        if tap.offset() < end && tap.offset() > start {
            tap.mark(place.mark(tap.offset()));
        }
    }
    tap.skip_to(end);
}

/// Detects a layer without files: two blocks of zeros.
fn empty_layer(tap: &mut Tap<'_>, place: &ScanPlace) -> Option<Sniffed> {
    let is_empty = place.outermost
        && tap.peek(tar::BLOCK).first_chunk::<{ tar::BLOCK }>() == Some(&[0; tar::BLOCK]);
    is_empty.then_some(Sniffed::Tar)
}

/// Unpacks the container at this offset. Returns whether it was a compressed stream, read to its end.
fn unpack(
    worker: &mut Worker<'_>,
    tap: &mut Tap<'_>,
    end: u64,
    place: &ScanPlace,
    sniffed: Sniffed,
    sure: Sure,
) -> bool {
    let (name, walk): (&'static str, Unpack) = match sniffed {
        Sniffed::Zip => ("zip", zip::walk),
        Sniffed::GitPack => ("git-pack", git::walk_pack),
        Sniffed::Squashfs => ("squashfs", squashfs::walk),
        Sniffed::Woff => ("woff", woff::walk),
        Sniffed::Woff2 => ("woff2", woff::walk_2),
        Sniffed::Tar => {
            if worker.may_descend(place, "tar") {
                tar::walk(worker, tap, end, &place.unpacked("tar"), sure);
            }
            return false;
        }
        Sniffed::Ar => {
            if worker.may_descend(place, "ar") {
                ar::walk(worker, tap, end, &place.unpacked("ar"), sure);
            }
            return false;
        }
        Sniffed::Cpio(numbers) => {
            if worker.may_descend(place, "cpio") {
                cpio::walk(worker, tap, end, &place.unpacked("cpio"), numbers);
            }
            return false;
        }
        Sniffed::Compressed(compression) => {
            let name = compression.name();
            let is_whole = compressed(worker, tap, end, place, compression, name, sure);
            // Bytes after base64 are the text around it.
            return is_whole && compression != Compression::Base64;
        }
        Sniffed::Zlib(skip, step) => {
            tap.skip_to(end.min(tap.offset() + skip as u64));
            compressed(
                worker,
                tap,
                end,
                place,
                Compression::Zlib,
                step,
                Sure::Structure,
            );
            return false;
        }
        Sniffed::Unread(format) => {
            worker.gap(
                Reason::Unsupported,
                place,
                &format!("{format} is not unpacked"),
            );
            return false;
        }
    };
    if worker.may_descend(place, name) {
        walk(worker, tap, end, &place.unpacked(name));
    }
    false
}

fn compressed(
    worker: &mut Worker<'_>,
    tap: &mut Tap<'_>,
    end: u64,
    place: &ScanPlace,
    compression: Compression,
    step: &'static str,
    sure: Sure,
) -> bool {
    if !worker.may_descend(place, step) {
        return false;
    }
    let (start, gaps) = (tap.offset(), worker.gap_count());
    let loose = compression == Compression::Zlib && git::is_loose_object(&place.path());
    let inside = place.unpacked(if loose { "git-object" } else { step });
    let mut span = Span { tap, end };
    let decoded = compress::unpack(worker, compression, &mut span, &inside);
    let Some(error) = decoded.error else {
        return true;
    };
    let is_bare = matches!(compression, Compression::Zlib | Compression::Deflate);
    // Two bytes identify zlib, and text may begin with them: then decoding yields hardly any bytes.
    let is_chance = match sure {
        Sure::Start if is_bare && !loose => decoded.bytes < 1024,
        Sure::Start | Sure::Structure => false,
        Sure::Fits => decoded.bytes < probe::ENOUGH,
        // The pixels of a PNG are one stream, split into chunks: a chunk alone is not a whole stream.
        Sure::Guess => true,
    };
    if is_chance && error.kind() != ErrorKind::QuotaExceeded {
        // Gaps noted inside a false start are dropped.
        worker.forget_gaps(gaps);
        if decoded.bytes < 4 * probe::ENOUGH_FIXED {
            tap.move_to(start + 1);
        }
        return false;
    }
    worker.gap(
        Reason::of(&error),
        place,
        &format!("{}: {error}", compression.name()),
    );
    false
}
