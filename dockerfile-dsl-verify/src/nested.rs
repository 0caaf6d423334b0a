//! Content to what can be unpacked from it, by its first bytes: compressions, archives, git objects.
//! Goes down to a depth and a budget; a format that is known but not read here is noted, as is everything that is broken.

mod ar;
mod compress;
mod git;
pub(crate) mod tar;
mod zip;

use crate::report::Reason;
use crate::scan::Scan;
use crate::stream::{PEEK, Span, Tap};
use crate::worker::{Place, Unpack, Worker};

pub(crate) use compress::{Compression, open};

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sniffed {
    Compressed(Compression),
    Tar,
    Zip,
    /// A script or program that a zip archive may be appended to.
    BeforeZip,
    Ar,
    GitPack,
    /// Known to hold other files, but not read here.
    Unread(&'static str),
}

/// By the head of the content: up to 1 KiB of it.
pub(crate) fn sniff(head: &[u8], name: &[u8]) -> Option<Sniffed> {
    let compressed = |compression| Some(Sniffed::Compressed(compression));
    match head {
        [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0 => compressed(Compression::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => compressed(Compression::Zstd),
        [first, 0x2a, 0x4d, 0x18, ..] if first & 0xf0 == 0x50 => compressed(Compression::Zstd),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => compressed(Compression::Xz),
        [
            b'B',
            b'Z',
            b'h',
            b'1'..=b'9',
            0x31,
            0x41,
            0x59,
            0x26,
            0x53,
            0x59,
            ..,
        ] => compressed(Compression::Bzip2),
        [
            b'B',
            b'Z',
            b'h',
            b'1'..=b'9',
            0x17,
            0x72,
            0x45,
            0x38,
            0x50,
            0x90,
            ..,
        ] => compressed(Compression::Bzip2),
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => compressed(Compression::Zlib),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 7, 8, b'P', b'K', ..] => Some(Sniffed::Zip),
        [b'P', b'A', b'C', b'K', 0, 0, 0, 2 | 3, ..] => Some(Sniffed::GitPack),
        [b'!', b'<', b'a', b'r', b'c', b'h', b'>', b'\n', ..] => Some(Sniffed::Ar),
        [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => Some(Sniffed::Unread("7z")),
        [b'R', b'a', b'r', b'!', 0x1a, 7, ..] => Some(Sniffed::Unread("rar")),
        [0x04, 0x22, 0x4d, 0x18, ..] => Some(Sniffed::Unread("lz4")),
        [b'L', b'Z', b'I', b'P', 1, ..] => Some(Sniffed::Unread("lzip")),
        [0x89, b'L', b'Z', b'O', 0, ..] => Some(Sniffed::Unread("lzop")),
        [0x1f, 0x9d, 0x80..=0x90, ..] => Some(Sniffed::Unread("compress")),
        [b'M', b'S', b'C', b'F', 0, 0, 0, 0, ..] => Some(Sniffed::Unread("cab")),
        [b'h', b's', b'q', b's', ..] => Some(Sniffed::Unread("squashfs")),
        [0xed, 0xab, 0xee, 0xdb, 3, ..] => Some(Sniffed::Unread("rpm")),
        [b'0', b'7', b'0', b'7', b'0', b'1' | b'2', ..]
            if head.len() >= 110 && head[6..110].iter().all(u8::is_ascii_hexdigit) =>
        {
            Some(Sniffed::Unread("cpio"))
        }
        _ if tar::is_header(head) => Some(Sniffed::Tar),
        // `.lzma` has no signature to speak of: properties, a dictionary size, a length.
        [0x5d, 0, 0, ..] if name.ends_with(b".lzma") => Some(Sniffed::Unread("lzma")),
        [b'#', b'!', ..] | [b'M', b'Z', ..] => Some(Sniffed::BeforeZip),
        _ => None,
    }
}

/// By what follows in the tap, up to the offset `end`.
fn sniff_tap(tap: &mut Tap<'_>, end: u64, place: &Place) -> Option<Sniffed> {
    let left = usize::try_from(end.saturating_sub(tap.offset())).unwrap_or(usize::MAX);
    let head = tap.peek(PEEK.min(left));
    sniff(&head[..head.len().min(left)], &place.name)
}

/// Returns a worker that unpacks every format that is read here.
pub(crate) fn worker(scan: &Scan) -> Worker<'_> {
    Worker::new(scan, content)
}

/// Reads content up to the offset `end` of the tap, and all that can be unpacked from it.
fn content(worker: &mut Worker<'_>, tap: &mut Tap<'_>, end: u64, place: &Place) {
    // Behind a compressed stream something else may begin.
    while unpack(worker, tap, end, place) && tap.offset() < end {}
    tap.skip_to(end);
}

/// Unpacks what begins here. Returns whether it was a compressed stream, read to its end.
fn unpack(worker: &mut Worker<'_>, tap: &mut Tap<'_>, end: u64, place: &Place) -> bool {
    let (name, walk): (&'static str, Unpack) = match sniff_tap(tap, end, place) {
        Some(Sniffed::Tar) => ("tar", tar::walk),
        Some(Sniffed::Zip) => ("zip", zip::walk),
        Some(Sniffed::BeforeZip) if tap.seek(b"PK\x03\x04", end) => ("zip", zip::walk),
        Some(Sniffed::Ar) => ("ar", ar::walk),
        Some(Sniffed::GitPack) => ("git-pack", git::walk_pack),
        Some(Sniffed::Compressed(compression)) => {
            return compressed(worker, tap, end, place, compression);
        }
        Some(Sniffed::Unread(format)) => {
            worker.gap(
                Reason::Unsupported,
                place,
                &format!("{format} is not unpacked"),
            );
            return false;
        }
        // A layer without a file is two blocks of zeros.
        None if place.outermost
            && tap.peek(tar::BLOCK).first_chunk::<{ tar::BLOCK }>() == Some(&[0; tar::BLOCK]) =>
        {
            ("tar", tar::walk)
        }
        Some(Sniffed::BeforeZip) | None => return false,
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
    place: &Place,
    compression: Compression,
) -> bool {
    if !worker.may_descend(place, compression.name()) {
        return false;
    }
    let loose = compression == Compression::Zlib && git::is_loose_object(&place.path());
    let inside = place.unpacked(if loose {
        "git-object"
    } else {
        compression.name()
    });
    let mut span = Span { tap, end };
    let held = worker.windows;
    let decoded = match compress::open(
        compression,
        &mut span,
        &mut worker.windows,
        worker.scan.limits.window,
    ) {
        Ok(mut decoder) => worker.decoded(&mut decoder, &inside),
        Err(error) => {
            worker.gap(Reason::of(&error), place, &error.to_string());
            return false;
        }
    };
    worker.windows = held;
    let Some(error) = decoded.error else {
        return true;
    };
    // Two bytes say zlib, and text begins with them as well: then hardly anything comes out.
    let guessed_wrong = compression == Compression::Zlib
        && !loose
        && decoded.bytes < 1024
        && error.kind() != std::io::ErrorKind::QuotaExceeded;
    if !guessed_wrong {
        worker.gap(
            Reason::of(&error),
            place,
            &format!("{}: {error}", compression.name()),
        );
    }
    false
}
