//! The members of a cpio archive: initramfs, the payload of an rpm. Three forms are supported: numbers in hexadecimal digits
//! (`newc`, `crc`), in octal digits (`odc`), and 16-bit words in either byte order.

use std::rc::Rc;

use super::probe::{Numbers, Sight, Sniffed};
use crate::report::Reason;
use crate::stream::{Mark, MemberPart, Tap};
use crate::worker::{ScanPlace, Worker};

/// Max. length of a name in bytes; a longer one ends the archive.
const LONGEST_NAME: u64 = 1 << 16;

const fn header_length(numbers: Numbers) -> usize {
    match numbers {
        Numbers::Hexadecimal => 110,
        Numbers::Octal => 76,
        Numbers::WordsLe | Numbers::WordsBe => 26,
    }
}

/// Returns the alignment of names and contents, in bytes.
const fn alignment(numbers: Numbers) -> u64 {
    match numbers {
        Numbers::Hexadecimal => 4,
        Numbers::Octal => 1,
        Numbers::WordsLe | Numbers::WordsBe => 2,
    }
}

/// Returns the sizes in a header: of the name (with its final zero) and of the content.
fn sizes(numbers: Numbers, header: &[u8]) -> Option<(u64, u64)> {
    let header = header.get(..header_length(numbers))?;
    let digits = |magic: &[&[u8]], radix: u32, name: (usize, usize), size: (usize, usize)| {
        let is_digit = |byte: &u8| char::from(*byte).is_digit(radix);
        if !magic.iter().any(|magic| header.starts_with(magic)) || !header[6..].iter().all(is_digit)
        {
            return None;
        }
        let number = |(from, to): (usize, usize)| {
            let digits = std::str::from_utf8(&header[from..to]).ok()?;
            u64::from_str_radix(digits, radix).ok()
        };
        Some((number(name)?, number(size)?))
    };
    let words = |word: fn([u8; 2]) -> u16| {
        let at = |at: usize| word([header[at], header[at + 1]]);
        (at(0) == 0o070707).then(|| {
            let size = u64::from(at(22)) << 16 | u64::from(at(24));
            (u64::from(at(20)), size)
        })
    };
    let (name, size) = match numbers {
        Numbers::Hexadecimal => digits(&[b"070701", b"070702"], 16, (94, 102), (54, 62)),
        Numbers::Octal => digits(&[b"070707"], 8, (59, 65), (65, 76)),
        Numbers::WordsLe => words(u16::from_le_bytes),
        Numbers::WordsBe => words(u16::from_be_bytes),
    }?;
    (1..LONGEST_NAME).contains(&name).then_some((name, size))
}

/// Checks the number in the header and the available part of the name.
pub(super) fn probe(sight: &Sight<'_>) -> Option<Sniffed> {
    let numbers = if sight.head.get(5) == Some(&b'7') {
        Numbers::Octal
    } else {
        Numbers::Hexadecimal
    };
    fits(sight, numbers)
}

/// Checks the oldest form, which has a signature of two bytes.
pub(super) fn probe_binary(sight: &Sight<'_>) -> Option<Sniffed> {
    fits(sight, Numbers::WordsLe).or_else(|| fits(sight, Numbers::WordsBe))
}

fn fits(sight: &Sight<'_>, numbers: Numbers) -> Option<Sniffed> {
    let (length, _) = sizes(numbers, sight.head)?;
    let start = header_length(numbers);
    let name = sight.head.get(start..start + usize::try_from(length).ok()?);
    // At the start of a file, a truncated name is noted.
    let fits = name.map_or(sight.is_start, |name| {
        name.iter().position(|&byte| byte == 0) == Some(name.len() - 1)
    });
    fits.then_some(Sniffed::Cpio(numbers))
}

/// Reads the members up to the offset `end` of the tap.
pub(super) fn walk(
    worker: &mut Worker<'_>,
    tap: &mut Tap<'_>,
    end: u64,
    place: &ScanPlace,
    numbers: Numbers,
) {
    let container = place.inside();
    let archive = tap.offset();
    let truncated = |worker: &mut Worker<'_>| {
        worker.gap(
            Reason::Truncated,
            place,
            "the cpio archive ends before its last member",
        );
    };
    // To the next multiple, relative to the start of the archive.
    let align = |tap: &mut Tap<'_>| {
        let offset = tap.offset() - archive;
        tap.skip_to((archive + offset.next_multiple_of(alignment(numbers))).min(end));
    };
    loop {
        let start = tap.offset();
        let mut header = [0; 110];
        let header = &mut header[..header_length(numbers)];
        if tap.take(header, end) < header.len() {
            return truncated(worker);
        }
        let Some((length, size)) = sizes(numbers, header) else {
            return worker.gap(Reason::Broken, place, "a cpio header is invalid");
        };
        let mut name = vec![0; usize::try_from(length).unwrap_or(0)];
        if tap.take(&mut name, end) < name.len() {
            return truncated(worker);
        }
        name.pop();
        align(tap);
        if name == b"TRAILER!!!" {
            return;
        }
        let name: Rc<[u8]> = name.into();
        let member = place.member(&container, &name);
        tap.mark(Mark {
            part: MemberPart::Header,
            ..member.mark(start)
        });
        tap.mark(member.mark(tap.offset()));
        let content_end = tap.offset().saturating_add(size);
        worker.content(tap, content_end.min(end), &member);
        if content_end > end || tap.offset() < content_end {
            return truncated(worker);
        }
        align(tap);
    }
}
