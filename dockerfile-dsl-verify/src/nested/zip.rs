//! The members of a zip archive (jar, whl, ...), read from its local headers as a stream: the central directory is not trusted.

use std::io;
use std::rc::Rc;

use super::compress::{self, Compression};
use super::probe::{self, Inflated, Sight, Sniffed};
use crate::report::Reason;
use crate::stream::{Mark, MemberPart, Span, Tap};
use crate::worker::{ScanPlace, Worker};

/// Checks the local header, and that the buffered content can be decoded.
pub(super) fn probe(sight: &Sight<'_>) -> Option<Sniffed> {
    if sight.is_start {
        return Some(Sniffed::Zip);
    }
    let (version, flags, method) = (sight.u16_le(4)?, sight.u16_le(6)?, sight.u16_le(8)?);
    let (packed, size) = (sight.u32_le(18)?, sight.u32_le(22)?);
    let name = usize::from(sight.u16_le(26)?);
    let start = 30 + name + usize::from(sight.u16_le(28)?);
    let is_name = sight
        .head
        .get(30..30 + name)
        .is_some_and(|name| !name.is_empty() && name.iter().all(|&byte| byte >= b' '));
    let is_known = matches!(method, 0 | 1..=10 | 12 | 14 | 16 | 18..=20 | 93..=99);
    if version & 0xff > 63 || flags & 0xc000 != 0 || !is_name || !is_known {
        return None;
    }
    let fits = match method {
        0 => flags & 8 != 0 || flags & 1 != 0 || packed == size,
        8 if flags & 1 == 0 && flags & 8 == 0 && packed == 0 => true,
        8 if flags & 1 == 0 => match sight.head.get(start..) {
            // The content begins after the buffered bytes.
            None => true,
            Some(content) => {
                let enough = u64::from(size.max(1)).min(probe::ENOUGH);
                content.len() < 512 || probe::inflate(content, false, enough) != Inflated::Broken
            }
        },
        _ => true,
    };
    fits.then_some(Sniffed::Zip)
}

/// Reads the members up to the offset `end` of the tap.
pub(super) fn walk(worker: &mut Worker<'_>, tap: &mut Tap<'_>, end: u64, place: &ScanPlace) {
    let container = place.inside();
    loop {
        // Padding, alignment and signing blocks may occur between members; the central directory begins with `PK`, too.
        if !tap.seek(b"PK", end) {
            return worker.gap(
                Reason::Truncated,
                place,
                "the zip archive has no central directory",
            );
        }
        let start = tap.offset();
        match tap.peek(4) {
            [b'P', b'K', 3, 4, ..] => {
                if !member(worker, tap, end, place, &container, start) {
                    return;
                }
            }
            // The central directory ends the members; its bytes were searched like all others.
            [b'P', b'K', 1, 2, ..] | [b'P', b'K', 5, 6, ..] => {
                return check_end(worker, tap, end, place);
            }
            _ => {
                tap.skip_to((start + 2).min(end));
            }
        }
    }
}

/// Checks for the end record of a whole archive.
fn check_end(worker: &mut Worker<'_>, tap: &mut Tap<'_>, end: u64, place: &ScanPlace) {
    if !tap.seek(b"PK\x05\x06", end) {
        worker.gap(
            Reason::Truncated,
            place,
            "the zip archive has no end record",
        );
    }
}

/// Fields of a local header about its content.
struct Local {
    flags: u16,
    method: u16,
    compressed: u64,
}

/// Reads one member. Returns whether another may follow.
fn member(
    worker: &mut Worker<'_>,
    tap: &mut Tap<'_>,
    end: u64,
    place: &ScanPlace,
    container: &Rc<str>,
    start: u64,
) -> bool {
    let mut header = [0; 30];
    if tap.take(&mut header, end) < header.len() {
        worker.gap(
            Reason::Truncated,
            place,
            "the zip archive ends inside of a header",
        );
        return false;
    }
    let short = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
    let long = |at: usize| {
        u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    let mut name = vec![0; usize::from(short(26))];
    let mut extra = vec![0; usize::from(short(28))];
    if tap.take(&mut name, end) < name.len() || tap.take(&mut extra, end) < extra.len() {
        worker.gap(
            Reason::Truncated,
            place,
            "the zip archive ends inside of a header",
        );
        return false;
    }
    let mut local = Local {
        flags: short(6),
        method: short(8),
        compressed: u64::from(long(18)),
    };
    if long(18) == u32::MAX || long(22) == u32::MAX {
        local.compressed = zip64_size(&extra, long(22) == u32::MAX).unwrap_or(local.compressed);
    }
    let member = place.member(container, &name.into());
    tap.mark(Mark {
        part: MemberPart::Header,
        ..member.mark(start)
    });
    tap.mark(member.mark(tap.offset()));
    unpack(worker, tap, end, &member, &local)
}

/// Returns the compressed size in the extra field of large members, after the other size if that is present, too.
fn zip64_size(extra: &[u8], after_other: bool) -> Option<u64> {
    let mut rest = extra;
    while let [low, high, length_low, length_high, ..] = rest {
        let length = usize::from(u16::from_le_bytes([*length_low, *length_high]));
        let data = rest.get(4..4 + length)?;
        if u16::from_le_bytes([*low, *high]) == 1 {
            let at = if after_other { 8 } else { 0 };
            return Some(u64::from_le_bytes(data.get(at..at + 8)?.try_into().ok()?));
        }
        rest = &rest[4 + length..];
    }
    None
}

fn unpack(
    worker: &mut Worker<'_>,
    tap: &mut Tap<'_>,
    end: u64,
    member: &ScanPlace,
    local: &Local,
) -> bool {
    let start = tap.offset();
    // Bit 3: the size follows the content.
    let sized = local.flags & 8 == 0 || local.compressed > 0;
    let content_end = if sized {
        start.saturating_add(local.compressed)
    } else {
        end
    };
    if content_end > end {
        worker.gap(
            Reason::Truncated,
            member,
            "the zip archive ends inside of this member",
        );
        return false;
    }
    if local.flags & 1 != 0 {
        worker.gap(Reason::Unsupported, member, "it is encrypted");
        return sized && tap.skip_to(content_end);
    }
    let compression = match local.method {
        0 if sized => {
            worker.content(tap, content_end, member);
            return tap.skip_to(content_end);
        }
        8 => Compression::Deflate,
        12 => Compression::Bzip2,
        93 => Compression::Zstd,
        95 => Compression::Xz,
        method => {
            let what = if method == 0 {
                "stored without its size".to_owned()
            } else {
                format!("compressed by method {method}")
            };
            worker.gap(
                Reason::Unsupported,
                member,
                &format!("it is {what}, which is not unpacked"),
            );
            return !sized || tap.skip_to(content_end);
        }
    };
    if local.compressed == 0 && sized {
        return true;
    }
    if worker.may_descend(member, compression.name()) {
        // Every member of a zip is compressed: the path does not mention it.
        let mut inside = member.clone();
        inside.depth += 1;
        let mut span = Span {
            tap: &mut *tap,
            end: content_end,
        };
        let error = compress::unpack(worker, compression, &mut span, &inside).error;
        if error.is_none() && sized && tap.offset() < content_end {
            worker.gap(
                Reason::Broken,
                member,
                "other data follows the compressed content",
            );
        }
        if let Some(error) = error {
            worker.gap(
                Reason::of(&error),
                member,
                &format!("{}: {error}", compression.name()),
            );
            // The end of the content is then unknown: the search continues with the next signature.
            if error.kind() == io::ErrorKind::QuotaExceeded {
                return false;
            }
        }
    }
    !sized || tap.skip_to(content_end)
}
