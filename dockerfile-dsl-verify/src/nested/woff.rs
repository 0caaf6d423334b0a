//! The tables of a web font: each compressed by zlib (WOFF), or all together by brotli (WOFF 2).

use super::compress::{self, Compression};
use super::probe::{Sight, Sniffed};
use crate::report::Reason;
use crate::stream::{Span, Tap};
use crate::worker::{ScanPlace, Worker};

const HEADER: u64 = 44;
const HEADER_2: u64 = 48;
/// Max. tables of a font; more is not a font.
const MOST_TABLES: u16 = 1024;

/// Checks that a reserved field is zero, and that the sizes are consistent.
pub(super) fn probe(sight: &Sight<'_>) -> Option<Sniffed> {
    let (length, tables) = (sight.u32_be(8)?, sight.u16_be(12)?);
    let fits = sight.u16_be(14)? == 0
        && (1..=MOST_TABLES).contains(&tables)
        && u64::from(length) > HEADER + 20 * u64::from(tables);
    fits.then_some(Sniffed::Woff)
}

/// The same for the second version.
pub(super) fn probe_2(sight: &Sight<'_>) -> Option<Sniffed> {
    let (length, tables, packed) = (sight.u32_be(8)?, sight.u16_be(12)?, sight.u32_be(20)?);
    let fits = sight.u16_be(14)? == 0
        && (1..=MOST_TABLES).contains(&tables)
        && packed > 0
        && u64::from(packed) + HEADER_2 < u64::from(length);
    fits.then_some(Sniffed::Woff2)
}

fn number(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..at + 4)
        .unwrap_or_default()
        .iter()
        .fold(0, |value, &byte| value << 8 | u64::from(byte))
}

/// Reads the tables and the metadata up to the offset `end` of the tap.
pub(super) fn walk(worker: &mut Worker<'_>, tap: &mut Tap<'_>, end: u64, place: &ScanPlace) {
    let start = tap.offset();
    let mut header = [0; HEADER as usize];
    tap.take(&mut header, end);
    let count = usize::from(u16::from_be_bytes([header[12], header[13]]));
    let mut entries = vec![0; 20 * count];
    tap.take(&mut entries, end);
    let mut parts: Vec<(u64, u64)> = entries
        .chunks_exact(20)
        .filter(|entry| number(entry, 8) < number(entry, 12))
        .map(|entry| (number(entry, 4), number(entry, 8)))
        .collect();
    // The metadata is always compressed.
    parts.push((number(&header, 24), number(&header, 28)));
    parts.sort_unstable();
    for (offset, size) in parts.into_iter().filter(|(_, size)| *size > 0) {
        part(
            worker,
            tap,
            end,
            place,
            Compression::Zlib,
            (start + offset, size),
        );
    }
}

/// Reads the tables and the metadata of the second version.
pub(super) fn walk_2(worker: &mut Worker<'_>, tap: &mut Tap<'_>, end: u64, place: &ScanPlace) {
    let start = tap.offset();
    let mut header = [0; HEADER_2 as usize];
    tap.take(&mut header, end);
    if number(&header, 4) == u64::from(u32::from_be_bytes(*b"ttcf")) {
        return worker.gap(
            Reason::Unsupported,
            place,
            "a collection of fonts is not unpacked",
        );
    }
    for _ in 0..u16::from_be_bytes([header[12], header[13]]) {
        let mut flags = [0];
        tap.take(&mut flags, end);
        let (tag, version) = (flags[0] & 63, flags[0] >> 6);
        let mut name = [0; 4];
        if tag == 63 {
            tap.take(&mut name, end);
        }
        // `glyf` and `loca` are transformed unless their flags deny it, the others only if their flags state it.
        let is_outline = matches!(tag, 10 | 11) || matches!(&name, b"glyf" | b"loca");
        let is_transformed = if is_outline {
            version != 3
        } else {
            version != 0
        };
        for _ in 0..=u8::from(is_transformed) {
            let mut byte = [0x80];
            let mut digits = 0;
            while byte[0] & 0x80 != 0 && digits < 5 && tap.take(&mut byte, end) == 1 {
                digits += 1;
            }
        }
    }
    let tables = (tap.offset(), number(&header, 20));
    let metadata = (start + number(&header, 28), number(&header, 32));
    for one in [tables, metadata].into_iter().filter(|(_, size)| *size > 0) {
        part(worker, tap, end, place, Compression::Brotli, one);
    }
}

/// Unpacks the bytes between two offsets.
fn part(
    worker: &mut Worker<'_>,
    tap: &mut Tap<'_>,
    end: u64,
    place: &ScanPlace,
    compression: Compression,
    (start, size): (u64, u64),
) {
    let part_end = start.saturating_add(size);
    if start < tap.offset() || part_end > end || !tap.skip_to(start) {
        return worker.gap(
            Reason::Truncated,
            place,
            "the font ends before one of its tables, or they overlap",
        );
    }
    if worker.may_descend(place, compression.name()) {
        let mut span = Span {
            tap: &mut *tap,
            end: part_end,
        };
        let inside = place.unpacked(compression.name());
        if let Some(error) = compress::unpack(worker, compression, &mut span, &inside).error {
            worker.gap(
                Reason::of(&error),
                place,
                &format!("{}: {error}", compression.name()),
            );
        }
    }
    tap.skip_to(part_end);
}
