//! Decides whether a compressed stream begins at a signature, or the bytes occur by chance. Looks only at buffered bytes: a false
//! start costs microseconds, and reads nothing.

use std::cell::RefCell;

use flate2::{Decompress, FlushDecompress, Status};

use super::compress::{self, Compression};

/// The container that begins at an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sniffed {
    Compressed(Compression),
    /// A stream of zlib after this many bytes of a container that is not parsed further; its name.
    Zlib(usize, &'static str),
    Tar,
    Zip,
    Ar,
    Cpio(Numbers),
    GitPack,
    Squashfs,
    Woff,
    Woff2,
    /// A container format that is not supported.
    Unread(&'static str),
}

/// Confidence that a container begins at an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sure {
    /// It is at the start of a file, or right after a compressed stream in one.
    Start,
    /// It has a valid structure.
    Structure,
    /// It has a signature, and the buffered bytes can be decoded.
    Fits,
    /// It has the two bytes of zlib, and the buffered bytes can be decoded: a truncated stream is not reported.
    Guess,
}

/// Encoding of the numbers in the headers of a cpio archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Numbers {
    Hexadecimal,
    Octal,
    WordsLe,
    WordsBe,
}

/// Min. decoded bytes that exclude chance.
pub(super) const ENOUGH: u64 = 64;
/// Min. decoded bytes for blocks of deflate with fixed codes, in which nearly any bits are a code: after 3 bytes of gzip, and
/// after 2 of zlib.
const ENOUGH_FIXED_GZIP: u64 = 256;
pub(super) const ENOUGH_FIXED: u64 = 1024;

/// Returns the min. decoded bytes for a deflate stream with this head.
fn enough(head: &[u8], fixed: u64) -> u64 {
    match head.first() {
        Some(first) if first & 6 == 2 => fixed,
        _ => ENOUGH,
    }
}

/// The buffered bytes around a signature.
pub(super) struct Sight<'a> {
    /// Bytes before the container.
    pub(super) before: &'a [u8],
    /// First bytes of the container.
    pub(super) head: &'a [u8],
    /// Number of bytes up to the end of the surrounding file, `u64::MAX` if unknown.
    pub(super) left: u64,
    /// Name of that file.
    pub(super) name: &'a [u8],
    /// Whether the container is the whole file, from its first byte: then broken data is noted and not taken for chance.
    pub(super) is_start: bool,
}

impl Sight<'_> {
    pub(super) fn u16_be(&self, at: usize) -> Option<u16> {
        Some(u16::from_be_bytes(*self.head.get(at..)?.first_chunk()?))
    }

    pub(super) fn u16_le(&self, at: usize) -> Option<u16> {
        Some(u16::from_le_bytes(*self.head.get(at..)?.first_chunk()?))
    }

    pub(super) fn u32_be(&self, at: usize) -> Option<u32> {
        Some(u32::from_be_bytes(*self.head.get(at..)?.first_chunk()?))
    }

    pub(super) fn u32_le(&self, at: usize) -> Option<u32> {
        Some(u32::from_le_bytes(*self.head.get(at..)?.first_chunk()?))
    }

    /// Whether a zlib stream begins at this byte of a container that has a signature.
    pub(super) fn is_zlib_at(&self, at: usize) -> bool {
        self.head.get(at..).is_some_and(|head| {
            is_zlib_header(head) && inflate(head, true, ENOUGH) != Inflated::Broken
        })
    }
}

/// Whether these bytes begin with a header of zlib.
pub(super) fn is_zlib_header(head: &[u8]) -> bool {
    let Some(&[first, second]) = head.first_chunk() else {
        return false;
    };
    let is_checked = u16::from_be_bytes([first, second]).is_multiple_of(31);
    first & 0x8f == 8 && second & 0x20 == 0 && is_checked
}

/// Whether these bytes begin with a zlib stream: a whole one with a valid checksum, or enough of one.
pub(super) fn is_zlib(head: &[u8]) -> bool {
    is_zlib_header(head)
        && is_block(&head[2..])
        && inflate(head, true, enough(&head[2..], ENOUGH_FIXED)) != Inflated::Broken
}

/// Whether a block of deflate may begin here, by its first bits: this rejects most false starts quickly.
fn is_block(head: &[u8]) -> bool {
    match *head {
        [first, low, high, low_not, high_not, ..] if first & 6 == 0 => {
            low == !low_not && high == !high_not
        }
        [first, ..] if first & 6 == 2 => true,
        // Numbers of codes: at most 286 and 30.
        [first, second, ..] if first & 6 == 4 => first >> 3 <= 29 && second & 31 <= 29,
        _ => false,
    }
}

/// Result of decoding the start of a deflate stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Inflated {
    /// Not a stream, or too little of one.
    Broken,
    /// Enough decoded bytes to be a stream.
    Enough,
    /// The whole stream: its length, and the decoded bytes.
    Whole(u64, Vec<u8>),
}

thread_local! {
    /// Reused: most false starts end after a few bytes, and creating a decoder would take longer.
    static DECODER: RefCell<Decompress> = RefCell::new(Decompress::new(false));
}

/// Decodes the start of a stream.
pub(super) fn inflate(head: &[u8], zlib: bool, enough: u64) -> Inflated {
    DECODER.with_borrow_mut(|decoder| {
        decoder.reset(zlib);
        inflate_with(decoder, head, enough)
    })
}

fn inflate_with(decoder: &mut Decompress, head: &[u8], enough: u64) -> Inflated {
    let mut out = Vec::with_capacity(512);
    loop {
        let taken = usize::try_from(decoder.total_in()).unwrap_or(usize::MAX);
        let before = (decoder.total_in(), out.len());
        out.reserve(512);
        match decoder.decompress_vec(
            head.get(taken..).unwrap_or_default(),
            &mut out,
            FlushDecompress::None,
        ) {
            Ok(Status::StreamEnd) => return Inflated::Whole(decoder.total_in(), out),
            _ if out.len() as u64 >= enough => return Inflated::Enough,
            Err(_) => return Inflated::Broken,
            Ok(_) if (decoder.total_in(), out.len()) == before => return Inflated::Broken,
            Ok(_) => {}
        }
    }
}

/// Whether a stream of gzip begins here: its header, then deflate.
pub(super) fn is_gzip(head: &[u8]) -> bool {
    let [0x1f, 0x8b, 8, flags, _, _, _, _, _, _, rest @ ..] = head else {
        return false;
    };
    let mut rest = rest;
    if flags & 4 != 0 {
        let [low, high, more @ ..] = rest else {
            return false;
        };
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        let Some(more) = more.get(length..) else {
            return false;
        };
        rest = more;
    }
    for bit in [8, 16] {
        if flags & bit != 0 {
            let Some(end) = memchr::memchr(0, rest) else {
                return false;
            };
            rest = &rest[end + 1..];
        }
    }
    if flags & 2 != 0 {
        rest = rest.get(2..).unwrap_or_default();
    }
    if flags & 0xe0 != 0 || !is_block(rest) {
        return false;
    }
    match inflate(rest, false, enough(rest, ENOUGH_FIXED_GZIP)) {
        Inflated::Broken => false,
        Inflated::Enough => true,
        Inflated::Whole(taken, out) => {
            let mut crc = flate2::Crc::new();
            crc.update(&out);
            let at = usize::try_from(taken).unwrap_or(usize::MAX);
            rest.get(at..)
                .is_some_and(|rest| rest.starts_with(&crc.sum().to_le_bytes()))
        }
    }
}

/// Whether a file is a stream of deflate without a header: all buffered bytes decode, or it ends with the file.
pub(super) fn is_bare_deflate(sight: &Sight<'_>) -> bool {
    if !is_block(sight.head) {
        return false;
    }
    if sight.left > sight.head.len() as u64 {
        return takes_all(sight.head);
    }
    let whole = inflate(sight.head, false, u64::MAX);
    matches!(whole, Inflated::Whole(taken, out) if taken == sight.left && !out.is_empty())
}

fn takes_all(head: &[u8]) -> bool {
    DECODER.with_borrow_mut(|decoder| {
        decoder.reset(false);
        takes_all_with(decoder, head)
    })
}

fn takes_all_with(decoder: &mut Decompress, head: &[u8]) -> bool {
    let mut out = [0; 4096];
    loop {
        let taken = usize::try_from(decoder.total_in()).unwrap_or(usize::MAX);
        let before = (decoder.total_in(), decoder.total_out());
        match decoder.decompress(
            head.get(taken..).unwrap_or_default(),
            &mut out,
            FlushDecompress::None,
        ) {
            Err(_) | Ok(Status::StreamEnd) => return false,
            Ok(_) if (decoder.total_in(), decoder.total_out()) == before => {
                return taken == head.len() && decoder.total_out() >= ENOUGH;
            }
            Ok(_) => {}
        }
    }
}

/// Returns the length of the header of a zstd frame and its first block, if they are valid.
pub(super) fn zstd_first_block(head: &[u8]) -> Option<usize> {
    let descriptor = *head.get(4)?;
    let is_single = descriptor & 0x20 != 0;
    let at = 5
        + usize::from(!is_single)
        + [0, 1, 2, 4][usize::from(descriptor & 3)]
        + [usize::from(is_single), 2, 4, 8][usize::from(descriptor >> 6)];
    let [low, middle, high, ..] = *head.get(at..)? else {
        return None;
    };
    let block = u32::from_le_bytes([low, middle, high, 0]);
    let size = usize::try_from(block >> 3).ok()?;
    let length = match block >> 1 & 3 {
        0 | 2 => size,
        1 => 1,
        _ => return None,
    };
    // Bit 3 is reserved; a block has at most 128 KiB.
    (descriptor & 8 == 0 && size <= 128 << 10).then_some(at + 3 + length)
}

/// Whether a whole frame, or enough of one, can be decoded from its header and first block, and another may follow.
pub(super) fn is_zstd(frame: &[u8], next: &[u8]) -> bool {
    if let Some(&[low, middle, high]) = next.first_chunk() {
        let next = u32::from_le_bytes([low, middle, high, 0]);
        let is_block = next >> 1 & 3 != 3 && next >> 3 <= 128 << 10;
        let is_last = zstd_is_last(frame);
        if !is_last && !is_block {
            return false;
        }
    }
    let mut input = frame;
    // No writer uses a larger window.
    let most = 1 << 31;
    let Ok(mut decoder) = compress::open(Compression::Zstd, &mut input, most) else {
        return false;
    };
    let mut out = [0; ENOUGH as usize];
    let mut filled = 0;
    while filled < out.len() {
        match std::io::Read::read(&mut decoder, &mut out[filled..]) {
            // A frame that ends with fewer bytes.
            Ok(0) => return filled > 0,
            Ok(count) => filled += count,
            Err(_) => return false,
        }
    }
    true
}

/// Whether the first block of a frame is its last one.
fn zstd_is_last(frame: &[u8]) -> bool {
    // The same as before, without the block's content.
    let header = |count: usize| zstd_first_block(&frame[..count.min(frame.len())]);
    let start = (6..=18).find(|&count| header(count).is_some());
    start.is_some_and(|count| frame[count - 3] & 1 == 1)
}

/// Whether an `.lzma` file begins here: it has no signature, so its properties must be those that writers use.
pub(super) fn is_lzma(head: &[u8]) -> bool {
    let Some(header) = head.first_chunk::<14>() else {
        return false;
    };
    let dictionary = u32::from_le_bytes([header[1], header[2], header[3], header[4]]);
    let size = u64::from_le_bytes(*header[5..].first_chunk().expect("nine bytes follow"));
    let is_usual = |size: u32| {
        size.is_power_of_two() || (size / 3 * 2).is_power_of_two() && size.is_multiple_of(3)
    };
    if !(1 << 12..=1 << 30).contains(&dictionary)
        || !is_usual(dictionary)
        || !(size == u64::MAX || size < 1 << 38)
        || header[13] != 0
    {
        return false;
    }
    let wanted = size.min(ENOUGH);
    let memory = dictionary.min(1 << 16);
    // The first bytes need no large dictionary.
    let Ok(mut decoder) =
        lzma_rust2::LzmaReader::new_with_props(&head[13..], size, header[0], memory, None)
    else {
        return false;
    };
    let mut out = [0; ENOUGH as usize];
    let mut filled = 0;
    while (filled as u64) < wanted {
        match std::io::Read::read(&mut decoder, &mut out[filled..]) {
            Ok(count) if count > 0 => filled += count,
            _ => return false,
        }
    }
    wanted > 0
}

/// Computes the CRC-32 of xz, zip and 7z.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(length: usize, seed: u64) -> Vec<u8> {
        let mut state = seed;
        (0..length)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (state >> 56) as u8
            })
            .collect()
    }

    /// Counts the false starts in 100 000 pieces of noise after a signature.
    fn chances(magic: &[u8], begins: impl Fn(&[u8]) -> bool) -> usize {
        (0..100_000)
            .map(|seed| [magic, &noise(600, seed)].concat())
            .filter(|bytes| begins(bytes))
            .count()
    }

    #[test]
    fn noise_after_a_signature_is_ignored() {
        assert!(chances(&[0x1f, 0x8b, 8], is_gzip) < 10);
        assert_eq!(chances(b"x\x9c", is_zlib), 0);
        assert_eq!(chances(b"\x5d\0\0", is_lzma), 0);
        let is_zstd = |bytes: &[u8]| {
            let length = zstd_first_block(bytes);
            length.is_some_and(|length| {
                let (frame, next) = bytes.split_at(length.min(bytes.len()));
                is_zstd(frame, next)
            })
        };
        // A stored block contains nothing that could be invalid.
        assert!(chances(b"\x28\xb5\x2f\xfd", is_zstd) < 2_000);
    }
}
