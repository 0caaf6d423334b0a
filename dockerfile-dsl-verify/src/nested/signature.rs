//! The signatures of containers: one table, and the search for them at any offset.
//!
//! Signatures also occur by chance, and in programs that support the formats. So each has a probe, which looks at the buffered
//! bytes and accepts only a valid structure or enough of a decodable stream.

use std::sync::LazyLock;

use aho_corasick::packed::{Config, Searcher};
use aho_corasick::{AhoCorasick, Input, MatchKind};

use super::compress::Compression;
use super::probe::{self, Sight, Sniffed};
use super::{ar, base64, beam, cpio, git, jimage, pdf, png, squashfs, swf, tar, woff, zip};
use crate::stream::{PEEK, Tap};

/// The signature of one kind of container.
pub(super) struct Signature {
    pub(super) magic: &'static [u8],
    /// Offset of the signature in the container.
    pub(super) offset: usize,
    /// Offsets at which such containers are searched for.
    pub(super) place: At,
    pub(super) probe: fn(&Sight<'_>) -> Option<Sniffed>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// The first byte of a file only.
    Start,
    /// Any byte.
    Any,
}

const fn any(
    magic: &'static [u8],
    offset: usize,
    probe: fn(&Sight<'_>) -> Option<Sniffed>,
) -> Signature {
    Signature {
        magic,
        offset,
        place: At::Any,
        probe,
    }
}

const fn start(
    magic: &'static [u8],
    offset: usize,
    probe: fn(&Sight<'_>) -> Option<Sniffed>,
) -> Signature {
    Signature {
        magic,
        offset,
        place: At::Start,
        probe,
    }
}

/// Signature, offset in the container, and probe.
#[rustfmt::skip]
pub(super) const SIGNATURES: &[Signature] = &[
    any(b"\x1f\x8b\x08", 0, gzip),
    any(b"\x28\xb5\x2f\xfd", 0, zstd),
    any(b"\xfd7zXZ\0", 0, xz),
    any(b"\x31\x41\x59\x26\x53\x59", 4, bzip2),
    any(b"\x5d\0\0", 0, lzma),
    any(b"LZIP\x01", 0, lzip),
    any(b"PK\x03\x04", 0, zip::probe),
    any(b"!<arch>\n", 0, ar::probe),
    any(b"ustar", 257, tar::probe),
    any(b"PACK\0\0\0", 0, git::probe),
    any(b"07070", 0, cpio::probe),
    any(b"hsqs", 0, squashfs::probe),
    any(b"/FlateDecode", 0, pdf::probe_flate),
    any(b"/LZWDecode", 0, pdf::probe_other),
    any(b"/ASCII85Decode", 0, pdf::probe_other),
    any(b"zTXt", 0, png::probe),
    any(b"iTXt", 0, png::probe),
    any(b"iCCP", 0, png::probe),
    any(b"CWS", 0, swf::probe),
    any(b"wOFF", 0, woff::probe),
    any(b"wOF2", 0, woff::probe_2),
    any(b"\xfa\xfa\xfe\xca", 0, jimage::probe),
    any(b"LitT", 0, beam::probe),
    any(b"7z\xbc\xaf\x27\x1c", 0, seven_zip),
    // Base64 of gzip, of zip, zstd, xz and bzip2, and of base64 of gzip.
    any(b"H4sI", 0, base64),
    any(b"UEsDB", 0, base64),
    any(b"KLUv", 0, base64),
    any(b"Td6WFoA", 1, base64),
    any(b"FBWSZTW", 6, base64),
    any(b"SDRzS", 0, base64),
    start(b"BZh", 0, bzip2_empty),
    start(b"\x2a\x4d\x18", 1, zstd_skippable),
    start(b"PK\x07\x08PK", 0, |_| Some(Sniffed::Zip)),
    start(b"\xc7\x71", 0, cpio::probe_binary),
    start(b"\x71\xc7", 0, cpio::probe_binary),
    start(b"Rar!\x1a\x07", 0, |_| Some(Sniffed::Unread("rar"))),
    start(b"\x04\x22\x4d\x18", 0, |_| Some(Sniffed::Unread("lz4"))),
    start(b"\x02\x21\x4c\x18", 0, |_| Some(Sniffed::Unread("lz4"))),
    start(b"\x89LZO\0", 0, |_| Some(Sniffed::Unread("lzop"))),
    start(b"\x1f\x9d", 0, compress),
    start(b"MSCF\0\0\0\0", 0, |_| Some(Sniffed::Unread("cab"))),
    start(b"sqsh", 0, |_| Some(Sniffed::Unread("squashfs"))),
    start(b"ZWS", 0, swf::probe_lzma),
    start(b"QFI\xfb\0\0\0", 0, |_| Some(Sniffed::Unread("qcow2"))),
    start(b"KDMV", 0, vmdk),
    start(b"\x45\x3d\xcd\x28", 0, |_| Some(Sniffed::Unread("cramfs"))),
    start(b"\xe2\xe1\xf5\xe0", 1024, |_| Some(Sniffed::Unread("erofs"))),
    start(b"\x31\x18\x10\x06", 0, |_| Some(Sniffed::Unread("ubifs"))),
];

fn compressed(compression: Compression) -> Option<Sniffed> {
    Some(Sniffed::Compressed(compression))
}

fn gzip(sight: &Sight<'_>) -> Option<Sniffed> {
    let is_header = sight.head.get(3).is_some_and(|flags| flags & 0xe0 == 0);
    (sight.is_start && is_header || probe::is_gzip(sight.head))
        .then_some(Sniffed::Compressed(Compression::Gzip))
}

/// Except at the start, the first block has to be decoded, too, which may need more bytes than are buffered: see [`seek`].
fn zstd(sight: &Sight<'_>) -> Option<Sniffed> {
    (sight.is_start || probe::zstd_first_block(sight.head).is_some())
        .then_some(Sniffed::Compressed(Compression::Zstd))
}

fn zstd_skippable(sight: &Sight<'_>) -> Option<Sniffed> {
    (sight.head[0] & 0xf0 == 0x50).then_some(Sniffed::Compressed(Compression::Zstd))
}

/// Checks the checksum of the flags in the header.
fn xz(sight: &Sight<'_>) -> Option<Sniffed> {
    let fits = || Some(probe::crc32(sight.head.get(6..8)?) == sight.u32_le(8)?);
    (sight.is_start || fits() == Some(true)).then_some(Sniffed::Compressed(Compression::Xz))
}

/// After the signature: a checksum, an obsolete bit, the origin of the block's text.
fn bzip2(sight: &Sight<'_>) -> Option<Sniffed> {
    let [b'B', b'Z', b'h', level @ b'1'..=b'9', ..] = *sight.head else {
        return None;
    };
    let fits = || {
        let origin = sight.u32_be(14)?;
        let size = u32::from(level - b'0') * 100_000;
        Some(origin >> 31 == 0 && origin << 1 >> 8 < size)
    };
    (sight.is_start || fits() == Some(true)).then_some(Sniffed::Compressed(Compression::Bzip2))
}

/// A stream without a block, which another may follow.
fn bzip2_empty(sight: &Sight<'_>) -> Option<Sniffed> {
    matches!(
        sight.head,
        [_, _, _, b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..]
    )
    .then_some(Sniffed::Compressed(Compression::Bzip2))
}

fn lzma(sight: &Sight<'_>) -> Option<Sniffed> {
    let is_named = sight.is_start && sight.name.ends_with(b".lzma");
    (is_named || probe::is_lzma(sight.head)).then_some(Sniffed::Compressed(Compression::Lzma))
}

fn lzip(sight: &Sight<'_>) -> Option<Sniffed> {
    // The dictionary has 4 KiB to 512 MiB; the first byte of LZMA is zero.
    let fits = sight
        .head
        .get(5)
        .is_some_and(|size| (12..=29).contains(&(size & 31)))
        && sight.head.get(6) == Some(&0);
    (sight.is_start || fits).then_some(Sniffed::Compressed(Compression::Lzip))
}

/// The decoded text begins with a signature, too, and its probe accepts the buffered bytes.
fn base64(sight: &Sight<'_>) -> Option<Sniffed> {
    let mut decoded = [0; PEEK / 4 * 3];
    let length = base64::decode_head(sight.head, &mut decoded);
    let head = &decoded[..length];
    let inner = with_signature(&Sight {
        before: &[],
        head,
        left: u64::MAX,
        name: b"",
        is_start: false,
    })?;
    let is_block = || match probe::zstd_first_block(head) {
        Some(length) if length <= head.len() => probe::is_zstd(&head[..length], &head[length..]),
        length => length.is_some(),
    };
    (inner != Sniffed::Compressed(Compression::Zstd) || is_block())
        .then_some(Sniffed::Compressed(Compression::Base64))
}

/// Checks the header's checksum of the following bytes.
fn seven_zip(sight: &Sight<'_>) -> Option<Sniffed> {
    let fits = || Some(probe::crc32(sight.head.get(12..32)?) == sight.u32_le(8)?);
    (sight.is_start || fits() == Some(true)).then_some(Sniffed::Unread("7z"))
}

fn compress(sight: &Sight<'_>) -> Option<Sniffed> {
    matches!(sight.head.get(2), Some(0x80..=0x90)).then_some(Sniffed::Unread("compress"))
}

fn vmdk(sight: &Sight<'_>) -> Option<Sniffed> {
    // Grains compressed by deflate, or uncompressed.
    (sight.u16_le(77) == Some(1)).then_some(Sniffed::Unread("vmdk"))
}

/// Detects a container at the first byte of a file.
pub(super) fn at_start(sight: &Sight<'_>) -> Option<Sniffed> {
    with_signature(sight).or_else(|| by_name_or_content(sight))
}

/// Detects a container with a signature at its first byte.
pub(super) fn with_signature(sight: &Sight<'_>) -> Option<Sniffed> {
    let stands = |signature: &Signature| {
        sight
            .head
            .get(signature.offset..)
            .is_some_and(|head| head.starts_with(signature.magic))
    };
    SIGNATURES
        .iter()
        .filter(|signature| stands(signature))
        .find_map(|signature| (signature.probe)(sight))
}

/// Detects a container without a signature, or with a weak one.
fn by_name_or_content(sight: &Sight<'_>) -> Option<Sniffed> {
    if matches!(sight.head, [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..]) {
        return compressed(Compression::Zlib);
    }
    let is_text = || {
        let head = &sight.head[..sight.head.len().min(256)];
        head.iter()
            .all(|&byte| byte >= b' ' || byte.is_ascii_whitespace())
    };
    if sight.name.ends_with(b".br") && !sight.head.is_empty() && !is_text() {
        return compressed(Compression::Brotli);
    }
    probe::is_bare_deflate(sight).then_some(Sniffed::Compressed(Compression::Deflate))
}

/// Finds one of several patterns.
enum Finder {
    Fast(Searcher),
    /// For processors without the vector instructions that the other needs.
    Slow(AhoCorasick),
}

impl Finder {
    fn new(patterns: &[&[u8]]) -> Self {
        let fast = Config::new()
            .builder()
            .extend(patterns.iter().copied())
            .build();
        fast.map_or_else(
            || {
                let slow = AhoCorasick::builder()
                    .match_kind(MatchKind::LeftmostFirst)
                    .build(patterns);
                Self::Slow(slow.expect("a few short patterns are not too many"))
            },
            Self::Fast,
        )
    }

    /// Returns the pattern and its offset.
    fn find(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        let span = aho_corasick::Span {
            start: from.min(text.len()),
            end: text.len(),
        };
        let found = match self {
            Self::Fast(searcher) => searcher.find_in(text, span),
            Self::Slow(searcher) => searcher.find(Input::new(text).span(span)),
        };
        found.map(|found| (found.pattern().as_usize(), found.start()))
    }
}

/// The signatures that are searched for at any byte.
static ANYWHERE: LazyLock<Vec<&Signature>> = LazyLock::new(|| {
    SIGNATURES
        .iter()
        .filter(|signature| signature.place == At::Any)
        .collect()
});

static FINDER: LazyLock<Finder> = LazyLock::new(|| {
    let patterns: Vec<_> = ANYWHERE.iter().map(|signature| signature.magic).collect();
    Finder::new(&patterns)
});

/// The zlib headers that writers use, as separate patterns: two bytes are too few for the other finder.
static ZLIB: LazyLock<Finder> =
    LazyLock::new(|| Finder::new(&[b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"]));

/// Max. length of a signature in bytes.
const LONGEST: usize = 16;

/// The search for signatures in one content.
pub(super) struct Seeker {
    /// Lower bound for the start of a container: the bytes before it were read.
    floor: u64,
    next: [Next; 2],
}

/// Position of one of the two finders.
#[derive(Clone, Copy)]
struct Next {
    /// Lower bound for the next signature.
    from: u64,
    /// The next one: its index, and its offset.
    seen: Option<(usize, u64)>,
}

impl Seeker {
    pub(super) fn new(floor: u64) -> Self {
        let next = Next {
            from: floor,
            seen: None,
        };
        Self {
            floor,
            next: [next; 2],
        }
    }

    /// Continues after the bytes that were read.
    pub(super) fn go_on_from(&mut self, floor: u64) {
        self.floor = floor;
        for next in &mut self.next {
            next.from = next.from.max(floor);
            next.seen = next.seen.filter(|(_, offset)| *offset >= floor);
        }
    }

    /// Moves the tap to the next container that begins before `end`, and returns it, with whether it is only a guess.
    pub(super) fn seek(&mut self, tap: &mut Tap<'_>, end: u64) -> Option<(Sniffed, bool)> {
        loop {
            let offset = tap.offset();
            let left = usize::try_from(end.saturating_sub(offset)).unwrap_or(usize::MAX);
            let window = tap.peek(PEEK.min(left));
            let is_last = window.len() < PEEK || window.len() >= left;
            let window = &window[..window.len().min(left)];
            // A signature across the block boundary is found with the next block.
            let whole = window.len()
                - if is_last {
                    0
                } else {
                    LONGEST.min(window.len())
                };
            for (next, finder) in self.next.iter_mut().zip([&FINDER, &ZLIB]) {
                if next.seen.is_some() || next.from >= offset + whole as u64 {
                    continue;
                }
                let from = usize::try_from(next.from.saturating_sub(offset)).unwrap_or(0);
                match finder.find(window, from) {
                    Some((which, at)) if at < whole => {
                        next.seen = Some((which, offset + at as u64));
                        next.from = offset + at as u64 + 1;
                    }
                    _ => next.from = offset + whole as u64,
                }
            }
            let seen = |next: &Next| next.seen.map_or(u64::MAX, |(_, offset)| offset);
            let first = usize::from(seen(&self.next[1]) < seen(&self.next[0]));
            let Some((which, at)) = self.next[first].seen.take() else {
                if is_last {
                    return None;
                }
                tap.move_to(offset + whole as u64);
                continue;
            };
            if first == 1 {
                if tap.move_to(at) && is_zlib(tap, end) {
                    return Some((Sniffed::Compressed(Compression::Zlib), true));
                }
            } else if let Some(sniffed) = self.probe(tap, end, ANYWHERE[which], at) {
                return Some((sniffed, false));
            }
        }
    }

    fn probe(
        &self,
        tap: &mut Tap<'_>,
        end: u64,
        signature: &Signature,
        at: u64,
    ) -> Option<Sniffed> {
        let start = at
            .checked_sub(signature.offset as u64)
            .filter(|start| *start >= self.floor)?;
        let back = tap.offset();
        if !tap.move_to(start) {
            return None;
        }
        let sniffed = sight(tap, end, b"", false, |sight| (signature.probe)(sight));
        let sniffed = sniffed.filter(|sniffed| match sniffed {
            Sniffed::Compressed(Compression::Zstd) => is_zstd(tap, end),
            _ => true,
        });
        if sniffed.is_none() {
            tap.move_to(back.max(start));
        }
        sniffed
    }
}

/// Calls a probe with the bytes at the tap's offset.
pub(super) fn sight<T>(
    tap: &mut Tap<'_>,
    end: u64,
    name: &[u8],
    is_start: bool,
    probe: impl FnOnce(&Sight<'_>) -> T,
) -> T {
    let left = end.saturating_sub(tap.offset());
    let most = usize::try_from(left).unwrap_or(usize::MAX);
    let known = tap.peek(PEEK.min(most)).len();
    let (before, head) = tap.around();
    // The end of the stream may be the end of the file.
    let left = if known < PEEK {
        left.min(known as u64)
    } else {
        left
    };
    probe(&Sight {
        before,
        head: &head[..head.len().min(most).min(PEEK)],
        left,
        name,
        is_start,
    })
}

fn is_zlib(tap: &mut Tap<'_>, end: u64) -> bool {
    sight(tap, end, b"", false, |sight| probe::is_zlib(sight.head))
}

fn is_zstd(tap: &mut Tap<'_>, end: u64) -> bool {
    let left = usize::try_from(end.saturating_sub(tap.offset())).unwrap_or(usize::MAX);
    let Some(length) = probe::zstd_first_block(tap.peek(PEEK.min(left))) else {
        return false;
    };
    // With the header of the next block.
    let known = tap.peek((length + 3).min(left));
    let (frame, next) = known[..known.len().min(left)].split_at(length.min(left).min(known.len()));
    probe::is_zstd(frame, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_signature_is_longer_than_what_is_kept_for_it() {
        assert!(SIGNATURES.iter().all(|one| one.magic.len() <= LONGEST));
        assert!(
            SIGNATURES
                .iter()
                .all(|one| one.offset + one.magic.len() <= PEEK)
        );
    }
}
