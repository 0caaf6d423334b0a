//! Objects of a git repository: loose ones, and those in packs. A delta is read for the bytes that it adds; the bytes that it
//! copies are in its base object.

use std::io::{BufRead, Read};

use super::compress::{self, Compression};
use super::probe::{Sight, Sniffed, is_zlib_header};
use crate::report::Reason;
use crate::stream::{Mark, Span, Tap};
use crate::worker::{ScanPlace, Worker};

/// Whether a path is that of a loose object: `.../objects/ab/cdef...`.
pub(super) fn is_loose_object(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let is_hex = |part: Option<&str>, lengths: &[usize]| {
        part.is_some_and(|part| {
            lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_hexdigit())
        })
    };
    is_hex(parts.next(), &[38, 62]) && is_hex(parts.next(), &[2]) && parts.next() == Some("objects")
}

/// Checks the version, and that the first object has a kind and begins with zlib.
pub(super) fn probe(sight: &Sight<'_>) -> Option<Sniffed> {
    if !matches!(sight.head.get(7), Some(2 | 3)) {
        return None;
    }
    let fits = || {
        let object = sight.head.get(12..)?;
        let size = object.iter().position(|byte| byte & 0x80 == 0)? + 1;
        // The first object can only be based on an object of another pack.
        let base = match object.first()? >> 4 & 7 {
            1..=4 => 0,
            7 => 20,
            _ => return None,
        };
        Some(sight.u32_be(8)? > 0 && is_zlib_header(object.get(size + base..)?))
    };
    (sight.is_start || fits() == Some(true)).then_some(Sniffed::GitPack)
}

/// Reads the objects of a pack up to the offset `end` of the tap.
pub(super) fn walk_pack(worker: &mut Worker<'_>, tap: &mut Tap<'_>, end: u64, place: &ScanPlace) {
    let container = place.inside();
    let pack_start = tap.offset();
    let mut header = [0; 12];
    if tap.take(&mut header, end) < header.len() {
        return worker.gap(
            Reason::Truncated,
            place,
            "the pack ends inside of its header",
        );
    }
    let count = u32::from_be_bytes([header[8], header[9], header[10], header[11]]);
    for _ in 0..count {
        let start = tap.offset();
        let mut span = Span {
            tap: &mut *tap,
            end,
        };
        let Some((kind, size)) = object_header(&mut span) else {
            return worker.gap(
                Reason::Truncated,
                place,
                "the pack ends before its last object, or is broken",
            );
        };
        let name = format!("object at {}", start - pack_start)
            .into_bytes()
            .into();
        let object = ScanPlace {
            depth: place.depth + 1,
            ..place.member(&container, &name)
        };
        span.tap.mark(Mark {
            start,
            ..object.mark(start)
        });
        let error = match compress::open(Compression::Zlib, &mut span, usize::MAX) {
            Ok(decoder) if kind >= 6 => {
                let mut added = Added {
                    delta: decoder.take(size),
                    state: State::Sizes(2),
                };
                let error = worker.decoded(&mut added, &object).error;
                // The checksum after the stream's last byte must be read for the next object to begin.
                error.or_else(|| {
                    std::io::copy(&mut added.delta.into_inner(), &mut std::io::sink()).err()
                })
            }
            Ok(mut decoder) => worker.decoded(&mut decoder, &object).error,
            Err(error) => Some(error),
        };
        if let Some(error) = error {
            return worker.gap(
                Reason::of(&error),
                place,
                &format!("the pack's object at {start} is broken: {error}"),
            );
        }
    }
}

/// Parses kind and size; skips the base's name or distance.
fn object_header(input: &mut Span<'_, '_>) -> Option<(u8, u64)> {
    let first = byte(input)?;
    let kind = first >> 4 & 7;
    let (mut size, mut shift, mut more) = (u64::from(first & 15), 4, first & 0x80 != 0);
    while more {
        let next = byte(input)?;
        size |= u64::from(next & 0x7f).checked_shl(shift)?;
        shift += 7;
        more = next & 0x80 != 0;
    }
    match kind {
        1..=4 => {}
        6 => while byte(input)? & 0x80 != 0 {},
        7 => input.read_exact(&mut [0; 20]).ok()?,
        _ => return None,
    }
    Some((kind, size))
}

fn byte(input: &mut Span<'_, '_>) -> Option<u8> {
    let byte = *input.fill_buf().ok()?.first()?;
    input.consume(1);
    Some(byte)
}

/// The bytes that a delta adds, as one text: an addition of more than 127 bytes consists of several instructions.
struct Added<R> {
    delta: R,
    state: State,
}

enum State {
    /// Number of sizes at the head that are still to be read: 2 to 0.
    Sizes(u8),
    Instruction,
    Add(usize),
}

impl<R: Read> Read for Added<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let mut one = [0];
        loop {
            match self.state {
                State::Add(0) => self.state = State::Instruction,
                State::Add(left) => {
                    let room = out.len().min(left);
                    let count = self.delta.read(&mut out[..room])?;
                    if count == 0 && room > 0 {
                        return Err(std::io::ErrorKind::UnexpectedEof.into());
                    }
                    self.state = State::Add(left - count);
                    return Ok(count);
                }
                State::Sizes(left) => {
                    if self.delta.read(&mut one)? == 0 {
                        return Err(std::io::ErrorKind::UnexpectedEof.into());
                    }
                    let left = left - u8::from(one[0] & 0x80 == 0);
                    self.state = if left == 0 {
                        State::Instruction
                    } else {
                        State::Sizes(left)
                    };
                }
                State::Instruction => {
                    if self.delta.read(&mut one)? == 0 {
                        return Ok(0);
                    }
                    if one[0] & 0x80 != 0 {
                        let mut operands = [0; 7];
                        self.delta
                            .read_exact(&mut operands[..(one[0] & 0x7f).count_ones() as usize])?;
                        if let Some(first) = out.first_mut() {
                            // Additions before and after a copy are not one text.
                            *first = 0;
                            return Ok(1);
                        }
                    }
                    self.state =
                        State::Add(usize::from(one[0] & 0x7f) * usize::from(one[0] & 0x80 == 0));
                }
            }
        }
    }
}
