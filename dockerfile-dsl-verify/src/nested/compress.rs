//! Readers of compressed streams, over all their members and frames. Memory is bounded by the largest allowed window; bytes after
//! the last member end the stream.

use std::io::{self, BufRead, ErrorKind, Read};

use super::base64;
use crate::worker::{Decoded, ScanPlace, Worker};

/// Compression of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Compression {
    Gzip,
    Zlib,
    Deflate,
    Zstd,
    Xz,
    Bzip2,
    Lzma,
    Lzip,
    Brotli,
    /// Not a compression, but an encoding around one.
    Base64,
}

impl Compression {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
            Self::Deflate => "deflate",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
            Self::Lzma => "lzma",
            Self::Lzip => "lzip",
            Self::Brotli => "brotli",
            Self::Base64 => "base64",
        }
    }
}

type Input<'a> = &'a mut dyn BufRead;

/// Searches the content of a compressed stream, including nested data.
pub(super) fn unpack(
    worker: &mut Worker<'_>,
    compression: Compression,
    input: &mut dyn BufRead,
    place: &ScanPlace,
) -> Decoded {
    let needed = input.fill_buf().map_or(0, |head| window(compression, head));
    let decoded = worker.with_window(needed, |worker| {
        let mut decoder = open(compression, input, needed)?;
        Ok(worker.decoded(&mut decoder, place))
    });
    decoded.unwrap_or_else(|error| Decoded {
        bytes: 0,
        error: Some(error),
    })
}

/// Min. window reserved for the later frames of a zstd stream, in bytes: the window of BuildKit's encoder.
const LATER_FRAMES: usize = 8 << 20;

/// Returns the memory that a decoder needs for its window, from the head of the stream.
fn window(compression: Compression, head: &[u8]) -> usize {
    match compression {
        Compression::Gzip | Compression::Zlib | Compression::Deflate | Compression::Base64 => 0,
        // Later frames may need more than the first.
        Compression::Zstd => zstd_window(head).max(LATER_FRAMES),
        Compression::Xz => xz_dictionary(head),
        Compression::Bzip2 => 4 << 20,
        Compression::Lzma => match head {
            [_, a, b, c, d, ..] => u32::from_le_bytes([*a, *b, *c, *d]) as usize,
            _ => 0,
        },
        Compression::Lzip => lzip_dictionary(head.get(5).copied().unwrap_or(0)),
        Compression::Brotli => brotli_window(head),
    }
}

/// Returns a reader of the content. Its window has at most `most` bytes.
pub(crate) fn open<'a>(
    compression: Compression,
    input: Input<'a>,
    most: usize,
) -> io::Result<Box<dyn Read + 'a>> {
    let needed = match compression {
        Compression::Zstd => zstd_window(input.fill_buf()?),
        _ => window(compression, input.fill_buf()?),
    };
    check(needed, most)?;
    Ok(match compression {
        Compression::Gzip => Box::new(StreamMembers::<flate2::bufread::GzDecoder<Input<'a>>>::new(
            input, most,
        )),
        Compression::Zlib => Box::new(flate2::bufread::ZlibDecoder::new(input)),
        Compression::Deflate => Box::new(flate2::bufread::DeflateDecoder::new(input)),
        Compression::Zstd => Box::new(StreamMembers::<ZstdFrame<'a>>::new(input, most)),
        Compression::Xz => Box::new(StreamMembers::<XzStream<'a>>::new(input, most)),
        Compression::Bzip2 => Box::new(StreamMembers::<bzip2::bufread::BzDecoder<Input<'a>>>::new(
            input, most,
        )),
        Compression::Lzma => Box::new(Lzma::Decoding(Box::new(
            lzma_rust2::LzmaReader::new_mem_limit(Feed::new(input), kibibytes(most), None)?,
        ))),
        Compression::Lzip => Box::new(StreamMembers::<LzipMember<'a>>::new(input, most)),
        Compression::Base64 => Box::new(base64::Decoder::new(input)),
        Compression::Brotli => Box::new(brotli_decompressor::Decompressor::new(input, 4096)),
    })
}

/// Returns a reader of one stream or frame, without the bytes after it.
pub(super) fn single<'a>(
    compression: Compression,
    input: Input<'a>,
    window: usize,
) -> io::Result<Box<dyn Read + 'a>> {
    Ok(match compression {
        Compression::Zstd => Box::new(ZstdFrame::start(input, window)?),
        Compression::Xz => Box::new(XzStream::start(input, window)?),
        _ => Box::new(flate2::bufread::ZlibDecoder::new(input)),
    })
}

/// Returns the memory limit of the LZMA decoders: their tables are in addition to the window.
fn kibibytes(free: usize) -> u32 {
    u32::try_from(free / 1024 + 128).unwrap_or(u32::MAX)
}

/// RFC 7932, section 9.1: the first bits of the stream are the window's size.
fn brotli_window(head: &[u8]) -> usize {
    let first = head.first().copied().unwrap_or(0);
    let bits = match (first & 1, first >> 1 & 7, first >> 4 & 7) {
        (0, ..) => 16,
        (_, 0, 0) => 17,
        (_, 0, more) => 8 + more,
        (_, more, _) => 17 + more,
    };
    1 << bits
}

fn check(window: usize, most: usize) -> io::Result<()> {
    if window > most {
        return Err(io::Error::new(
            ErrorKind::OutOfMemory,
            format!(
                "it needs a window of {} MiB, which is over the limit",
                window >> 20
            ),
        ));
    }
    Ok(())
}

/// Returns the window of the first frame, from the visible part of its header.
fn zstd_window(head: &[u8]) -> usize {
    let Some(&descriptor) = head
        .get(4)
        .filter(|_| head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]))
    else {
        return 0;
    };
    if descriptor & 0x20 == 0 {
        let byte = head.get(5).copied().unwrap_or(0);
        let base = 1_u64 << (10 + (byte >> 3)).min(41);
        return usize::try_from(base + base / 8 * u64::from(byte & 7)).unwrap_or(usize::MAX);
    }
    // One segment: the window is the content.
    let at = 5 + [0, 1, 2, 4][usize::from(descriptor & 3)];
    let size = [1, 2, 4, 8][usize::from(descriptor >> 6)];
    let bytes = head.get(at..at + size).unwrap_or_default();
    let content = bytes
        .iter()
        .rev()
        .fold(0_u64, |value, &byte| value << 8 | u64::from(byte));
    usize::try_from(content).unwrap_or(usize::MAX)
}

/// Returns the dictionary of the first block: the property of its LZMA2 filter.
fn xz_dictionary(head: &[u8]) -> usize {
    // Stream header (12 bytes), size of the block header, flags, sizes if the flags announce them, then the filters.
    let Some(&flags) = head.get(13) else { return 0 };
    let mut at = 14;
    for bit in [0x40, 0x80] {
        if flags & bit != 0 {
            while head.get(at).is_some_and(|byte| byte & 0x80 != 0) {
                at += 1;
            }
            at += 1;
        }
    }
    for _ in 0..=flags & 3 {
        match head.get(at..at + 3) {
            Some([0x21, 1, property]) => {
                let exponent = u32::from(property >> 1) + 11;
                return if exponent >= 43 {
                    usize::MAX
                } else {
                    (2 | usize::from(property & 1)) << exponent
                };
            }
            Some([_, length, _]) => at += 2 + usize::from(*length),
            _ => return 0,
        }
    }
    0
}

/// One of several members of a stream, each with a header.
trait Member<'a>: Read + Sized {
    /// Whether a member begins with these bytes.
    fn begins(head: &[u8]) -> bool;
    fn start(input: Input<'a>, window: usize) -> io::Result<Self>;
    fn finish(self) -> io::Result<Input<'a>>;
}

/// Reads members until other data follows.
enum StreamMembers<'a, M> {
    Between(Input<'a>, usize),
    In(M, usize),
    End,
}

impl<'a, M: Member<'a>> StreamMembers<'a, M> {
    fn new(input: Input<'a>, window: usize) -> Self {
        Self::Between(input, window)
    }
}

impl<'a, M: Member<'a>> Read for StreamMembers<'a, M> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(self, Self::End) {
                Self::Between(input, window) => {
                    if !M::begins(input.fill_buf()?) {
                        return Ok(0);
                    }
                    *self = Self::In(M::start(input, window)?, window);
                }
                Self::In(mut member, window) => match member.read(out)? {
                    0 if !out.is_empty() => *self = Self::Between(member.finish()?, window),
                    count => {
                        *self = Self::In(member, window);
                        return Ok(count);
                    }
                },
                Self::End => return Ok(0),
            }
        }
    }
}

impl<'a> Member<'a> for flate2::bufread::GzDecoder<Input<'a>> {
    fn begins(head: &[u8]) -> bool {
        // A block may end between the two bytes of the signature.
        head.starts_with(&[0x1f, 0x8b]) || head == [0x1f]
    }

    fn start(input: Input<'a>, _: usize) -> io::Result<Self> {
        Ok(Self::new(input))
    }

    fn finish(self) -> io::Result<Input<'a>> {
        Ok(self.into_inner())
    }
}

/// One stream of xz; other data may follow.
struct XzStream<'a>(lzma_rust2::XzReader<Input<'a>>);

impl<'a> Member<'a> for XzStream<'a> {
    fn begins(head: &[u8]) -> bool {
        const MAGIC: &[u8] = &[0xfd, b'7', b'z', b'X', b'Z', 0];
        !head.is_empty() && (head.starts_with(MAGIC) || MAGIC.starts_with(head))
    }

    fn start(input: Input<'a>, window: usize) -> io::Result<Self> {
        Ok(Self(lzma_rust2::XzReader::new_mem_limit(
            input,
            false,
            kibibytes(window),
        )))
    }

    fn finish(self) -> io::Result<Input<'a>> {
        Ok(self.0.into_inner())
    }
}

impl Read for XzStream<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

impl<'a> Member<'a> for bzip2::bufread::BzDecoder<Input<'a>> {
    fn begins(head: &[u8]) -> bool {
        !head.is_empty() && (head.starts_with(b"BZh") || b"BZh".starts_with(head))
    }

    fn start(input: Input<'a>, _: usize) -> io::Result<Self> {
        Ok(Self::new(input))
    }

    fn finish(self) -> io::Result<Input<'a>> {
        Ok(self.into_inner())
    }
}

/// Yields few bytes at a time, and consumes them only when more are requested: some decoders read ahead.
struct Feed<'a> {
    input: Input<'a>,
    given: usize,
}

impl<'a> Feed<'a> {
    fn new(input: Input<'a>) -> Self {
        Self { input, given: 0 }
    }
}

impl Read for Feed<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.input.consume(std::mem::take(&mut self.given));
        let some = self.input.fill_buf()?;
        let count = some.len().min(out.len()).min(4096);
        out[..count].copy_from_slice(&some[..count]);
        self.given = count;
        Ok(count)
    }
}

/// A stream of LZMA. Its decoder reads ahead: unused bytes are returned to the next reader.
enum Lzma<'a> {
    Decoding(Box<lzma_rust2::LzmaReader<Feed<'a>>>),
    Ended(Input<'a>),
    Failed,
}

impl Read for Lzma<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Self::Decoding(decoder) = self else {
            return Ok(0);
        };
        let count = decoder.read(out)?;
        if count == 0
            && !out.is_empty()
            && let Self::Decoding(decoder) = std::mem::replace(self, Self::Failed)
        {
            let (feed, unused) = decoder.into_parts();
            feed.input.consume(feed.given.saturating_sub(unused.len()));
            *self = Self::Ended(feed.input);
        }
        Ok(count)
    }
}

/// Decodes the fifth byte of a lzip header: 5 bits are a power of 2, 3 bits the number of sixteenths to subtract.
fn lzip_dictionary(size: u8) -> usize {
    let largest = 1_usize << (size & 31);
    largest - largest / 16 * usize::from(size >> 5)
}

/// One member of lzip: a header, a stream of LZMA with an end mark, and a checksum.
struct LzipMember<'a> {
    lzma: Lzma<'a>,
    crc: flate2::Crc,
}

impl<'a> Member<'a> for LzipMember<'a> {
    fn begins(head: &[u8]) -> bool {
        !head.is_empty() && (head.starts_with(b"LZIP") || b"LZIP".starts_with(head))
    }

    fn start(input: Input<'a>, window: usize) -> io::Result<Self> {
        let mut header = [0; 6];
        input.read_exact(&mut header)?;
        let dictionary = lzip_dictionary(header[5]);
        check(dictionary, window)?;
        // Its properties are constant: 3, 0 and 2 bits.
        let properties = 93;
        let decoder = lzma_rust2::LzmaReader::new_with_props(
            Feed::new(input),
            u64::MAX,
            properties,
            u32::try_from(dictionary).unwrap_or(u32::MAX),
            None,
        )?;
        Ok(Self {
            lzma: Lzma::Decoding(Box::new(decoder)),
            crc: flate2::Crc::new(),
        })
    }

    fn finish(self) -> io::Result<Input<'a>> {
        let Lzma::Ended(input) = self.lzma else {
            return Err(ErrorKind::UnexpectedEof.into());
        };
        let mut trailer = [0; 20];
        input.read_exact(&mut trailer)?;
        if trailer[..4] != self.crc.sum().to_le_bytes() {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                "the checksum of a member is wrong",
            ));
        }
        Ok(input)
    }
}

impl Read for LzipMember<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.lzma.read(out)?;
        self.crc.update(&out[..count]);
        Ok(count)
    }
}

/// A frame of zstd, or a skippable one: estargz and zstd:chunked keep their tables in those.
enum ZstdFrame<'a> {
    Skipped(Input<'a>),
    #[cfg(feature = "zstd")]
    Data(zstd::stream::read::Decoder<'static, Input<'a>>),
    #[cfg(not(feature = "zstd"))]
    Data(Box<ruzstd::decoding::StreamingDecoder<Input<'a>, ruzstd::decoding::FrameDecoder>>),
}

impl<'a> Member<'a> for ZstdFrame<'a> {
    fn begins(head: &[u8]) -> bool {
        matches!(
            head,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]
        ) || (1..4).contains(&head.len()) && matches!(head[0], 0x28 | 0x50..=0x5f)
    }

    fn start(input: Input<'a>, window: usize) -> io::Result<Self> {
        if matches!(input.fill_buf()?.first(), Some(0x50..=0x5f)) {
            let mut head = [0; 8];
            input.read_exact(&mut head)?;
            let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
            let skipped = io::copy(&mut (&mut *input).take(u64::from(length)), &mut io::sink())?;
            if skipped < u64::from(length) {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            return Ok(Self::Skipped(input));
        }
        #[cfg(feature = "zstd")]
        {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(input)?.single_frame();
            decoder.window_log_max(window.max(1 << 10).ilog2())?;
            Ok(Self::Data(decoder))
        }
        #[cfg(not(feature = "zstd"))]
        {
            let decoder =
                ruzstd::decoding::StreamingDecoder::new_with_max_window_size(input, window as u64)
                    .map_err(|error| io::Error::new(ErrorKind::InvalidData, error.to_string()))?;
            Ok(Self::Data(Box::new(decoder)))
        }
    }

    fn finish(self) -> io::Result<Input<'a>> {
        match self {
            Self::Skipped(input) => Ok(input),
            #[cfg(feature = "zstd")]
            Self::Data(decoder) => Ok(decoder.finish()),
            #[cfg(not(feature = "zstd"))]
            Self::Data(decoder) => {
                let (input, frame) = decoder.into_parts();
                if frame.get_checksum_from_data() != frame.get_calculated_checksum()
                    && frame.get_checksum_from_data().is_some()
                {
                    return Err(io::Error::new(
                        ErrorKind::InvalidData,
                        "the checksum of a frame is wrong",
                    ));
                }
                Ok(input)
            }
        }
    }
}

impl Read for ZstdFrame<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Skipped(_) => Ok(0),
            Self::Data(decoder) => decoder.read(out),
        }
    }
}
