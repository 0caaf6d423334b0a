//! The files and tables of a squashfs file system (AppImage, snap), decoded block by block as a stream.
//!
//! Block boundaries are stored at the end of the file system only, so they are found by decoding: bytes that decode with a valid
//! checksum are a block, all others are uncompressed content. Blocks of one file are consecutive.

use std::io::{self, BufRead, ErrorKind, Read};

use super::compress::{Compression, single};
use super::probe::{self, Sight, Sniffed, is_zlib_header};
use crate::report::Reason;
use crate::stream::{Span, Tap};
use crate::worker::{ScanPlace, Worker};

const SUPERBLOCK: usize = 96;
/// Max. decoded size of a block of a table, in bytes.
const METADATA: usize = 8192;
/// Offset of a missing table.
const ABSENT: u64 = u64::MAX;

/// Fields of the superblock.
struct Superblock {
    block_size: usize,
    compression: Compression,
    /// Start of the tables, and end of the file system.
    tables: u64,
    end: u64,
    /// Offsets and lengths of the lists of table block offsets: these are not blocks.
    lists: Vec<(u64, u64)>,
}

impl Superblock {
    fn read(block: &[u8]) -> Option<Result<Self, &'static str>> {
        let block = block.get(..SUPERBLOCK)?;
        let u16_at = |at: usize| u16::from_le_bytes([block[at], block[at + 1]]);
        let u32_at = |at: usize| u32::from(u16_at(at)) | u32::from(u16_at(at + 2)) << 16;
        let u64_at = |at: usize| u64::from(u32_at(at)) | u64::from(u32_at(at + 4)) << 32;
        let (inodes, fragments, ids) = (u32_at(4), u32_at(16), u16_at(26));
        let (block_size, log) = (u32_at(12), u16_at(22));
        let [
            end,
            id_list,
            xattrs,
            tables,
            directories,
            fragment_list,
            export_list,
        ] = [40, 48, 56, 64, 72, 80, 88].map(u64_at);
        let is_inside = |offset: u64| offset == ABSENT || (tables..end).contains(&offset);
        let fits = (u16_at(28), u16_at(30)) == (4, 0)
            && (12..=20).contains(&log)
            && block_size == 1 << log
            && (1..=6).contains(&u16_at(20))
            && SUPERBLOCK as u64 <= tables
            && tables < directories
            && [id_list, xattrs, directories, fragment_list, export_list]
                .into_iter()
                .all(is_inside);
        if !fits {
            return None;
        }
        let compression = match u16_at(20) {
            1 => Compression::Zlib,
            4 => Compression::Xz,
            6 => Compression::Zstd,
            2 => return Some(Err("squashfs by lzma")),
            3 => return Some(Err("squashfs by lzo")),
            _ => return Some(Err("squashfs by lz4")),
        };
        let blocks = |entries: u32, size: u64| (u64::from(entries) * size).div_ceil(8192) * 8;
        let lists = [
            (fragment_list, blocks(fragments, 16)),
            (export_list, blocks(inodes, 8)),
            (id_list, blocks(u32::from(ids), 4)),
            // A header with the number of entries: only the list follows.
            (xattrs, end.saturating_sub(xattrs)),
        ];
        Some(Ok(Self {
            block_size: block_size as usize,
            compression,
            tables,
            end,
            lists: lists
                .into_iter()
                .filter(|(offset, _)| *offset != ABSENT)
                .collect(),
        }))
    }
}

/// Checks that the sizes in the superblock are consistent.
pub(super) fn probe(sight: &Sight<'_>) -> Option<Sniffed> {
    match Superblock::read(sight.head) {
        Some(Ok(_)) => Some(Sniffed::Squashfs),
        Some(Err(unread)) => Some(Sniffed::Unread(unread)),
        None => sight.is_start.then_some(Sniffed::Unread("squashfs")),
    }
}

/// Reads the file system at this offset.
pub(super) fn walk(worker: &mut Worker<'_>, tap: &mut Tap<'_>, end: u64, place: &ScanPlace) {
    let start = tap.offset();
    let mut block = [0; SUPERBLOCK];
    tap.take(&mut block, end);
    let Some(Ok(superblock)) = Superblock::read(&block) else {
        return;
    };
    // Max. bytes held: the next input block, and its output.
    let window = 2 * superblock.block_size + METADATA;
    let image_end = start.saturating_add(superblock.end);
    let mut span = Span {
        tap: &mut *tap,
        end: end.min(image_end),
    };
    let error = worker
        .with_window(2 * window, |worker| {
            let mut blocks = Blocks {
                input: &mut span,
                held: Vec::with_capacity(window),
                first: 0,
                offset: SUPERBLOCK as u64,
                out: Vec::new(),
                given: 0,
                is_aligned: false,
                is_broken: false,
                superblock: &superblock,
            };
            let error = worker.decoded(&mut blocks, place).error;
            let broken = || io::Error::new(ErrorKind::InvalidData, "a block is invalid");
            Ok(error.or_else(|| blocks.is_broken.then(broken)))
        })
        .unwrap_or_else(Some);
    if let Some(error) = error {
        worker.gap(Reason::of(&error), place, &format!("squashfs: {error}"));
    }
}

/// Reads the decoded blocks in order.
struct Blocks<'a> {
    input: &'a mut dyn BufRead,
    /// Bytes of the file system that were read, starting with the first that is not decoded.
    held: Vec<u8>,
    first: usize,
    /// Offset of that byte.
    offset: u64,
    out: Vec<u8>,
    given: usize,
    /// Whether a block ends before the next byte.
    is_aligned: bool,
    /// Whether a false start of a block was seen.
    is_broken: bool,
    superblock: &'a Superblock,
}

impl Blocks<'_> {
    /// Buffers at least `count` bytes, if available.
    fn hold(&mut self, count: usize) -> io::Result<&[u8]> {
        if self.held.len() - self.first < count {
            self.held.drain(..self.first);
            self.first = 0;
            let missing = (count - self.held.len()) as u64;
            (&mut self.input)
                .take(missing)
                .read_to_end(&mut self.held)?;
        }
        let held = &self.held[self.first..];
        Ok(&held[..held.len().min(count)])
    }

    fn consume(&mut self, count: usize) {
        self.first += count;
        self.offset += count as u64;
    }

    /// Passes bytes on unchanged.
    fn pass(&mut self, count: usize) {
        self.out.clear();
        self.out
            .extend_from_slice(&self.held[self.first..self.first + count]);
        self.consume(count);
    }

    /// Decodes the next block. Returns whether there was one.
    fn next(&mut self) -> io::Result<bool> {
        let superblock = self.superblock;
        if self.offset >= superblock.end {
            return Ok(false);
        }
        let some = if self.offset < superblock.tables {
            let left = usize::try_from(superblock.tables - self.offset).unwrap_or(usize::MAX);
            self.data(left)?
        } else {
            self.metadata()?
        };
        if !some {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(true)
    }

    /// Reads a block of the files' content, or the bytes before the next one.
    fn data(&mut self, left: usize) -> io::Result<bool> {
        // A block is never larger than its decoded content would be.
        let most = left.min(2 * self.superblock.block_size);
        let (compression, size) = (self.superblock.compression, self.superblock.block_size);
        let mut out = std::mem::take(&mut self.out);
        let held = self.hold(most)?;
        if held.is_empty() {
            return Ok(false);
        }
        let block = decode(compression, held, size, &mut out);
        if let Block::Whole(taken) = block {
            self.out = out;
            self.consume(taken);
            self.is_aligned = true;
            return Ok(true);
        }
        let next = next_block(compression, &held[1..]).map_or(held.len(), |at| at + 1);
        self.out = out;
        self.pass(next);
        self.is_broken |= self.is_aligned && block == Block::Broken;
        self.is_aligned = false;
        Ok(true)
    }

    /// Reads a block of a table: its length, whose highest bit means uncompressed, and its bytes.
    fn metadata(&mut self) -> io::Result<bool> {
        let offset = self.offset;
        let list = self
            .superblock
            .lists
            .iter()
            .map(|&(start, length)| start..start.saturating_add(length))
            .find(|list| list.contains(&offset));
        if let Some(list) = list {
            let left = usize::try_from(list.end - offset).unwrap_or(usize::MAX);
            let count = self.hold(left.min(64 << 10))?.len();
            self.pass(count);
            return Ok(count > 0);
        }
        let compression = self.superblock.compression;
        let held = self.hold(2 + METADATA)?;
        let [low, high, bytes @ ..] = held else {
            return Ok(false);
        };
        let header = u16::from_le_bytes([*low, *high]);
        let length = usize::from(header & 0x7fff);
        let Some(bytes) = bytes.get(..length) else {
            return Err(ErrorKind::UnexpectedEof.into());
        };
        let mut out = Vec::with_capacity(METADATA);
        let is_right = if header & 0x8000 != 0 {
            out.extend_from_slice(bytes);
            true
        } else {
            matches!(
                decode(compression, bytes, METADATA, &mut out),
                Block::Whole(_)
            )
        };
        if !is_right || length == 0 {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                "a block of a table is invalid",
            ));
        }
        self.out = out;
        self.consume(2 + length);
        Ok(true)
    }
}

impl Read for Blocks<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.out.len() {
            self.given = 0;
            self.out.clear();
            if !self.next()? {
                return Ok(0);
            }
        }
        let count = out.len().min(self.out.len() - self.given);
        out[..count].copy_from_slice(&self.out[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

/// Result of decoding at an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    /// A block of this many bytes.
    Whole(usize),
    /// The start of a block that can be partly decoded, and then becomes invalid.
    Broken,
    No,
}

/// Decodes one block of at most `size` bytes.
fn decode(compression: Compression, held: &[u8], size: usize, out: &mut Vec<u8>) -> Block {
    if next_block(compression, held) != Some(0) {
        return Block::No;
    }
    out.clear();
    let mut rest = held;
    let decoded = single(compression, &mut rest, 2 * size).and_then(|decoder| {
        // One more byte, so that the end is seen and the checksum read.
        decoder.take(size as u64 + 1).read_to_end(out)
    });
    match decoded {
        Ok(1..) if out.len() <= size => Block::Whole(held.len() - rest.len()),
        // More bytes than a block, or an invalid start, is an uncompressed file.
        Err(_) if out.len() > size => Block::No,
        Err(_) if compression == Compression::Zlib && !probe::is_zlib(held) => Block::No,
        Err(_) => Block::Broken,
        _ => Block::No,
    }
}

/// Returns the next possible start of a block.
fn next_block(compression: Compression, held: &[u8]) -> Option<usize> {
    let magic: &[u8] = match compression {
        Compression::Zlib => {
            return memchr::memchr_iter(0x78, held).find(|&at| is_zlib_header(&held[at..]));
        }
        Compression::Xz => b"\xfd7zXZ\0",
        _ => b"\x28\xb5\x2f\xfd",
    };
    memchr::memmem::find(held, magic)
}
