//! A compressed stream to a reader of its content, over all its members and frames.
//! Memory is bounded by the largest window that is allowed; bytes after the last member are not ours and end the stream.

use std::io::{self, BufRead, ErrorKind, Read};

/// How a stream is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Compression {
    Gzip,
    Zlib,
    Deflate,
    Zstd,
    Xz,
    Bzip2,
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
        }
    }
}

type Input<'a> = &'a mut dyn BufRead;

/// A reader of the content. `held` is what decoders around this one hold, in bytes; its own window is added.
pub(crate) fn open<'a>(
    compression: Compression,
    input: Input<'a>,
    held: &mut usize,
    most: usize,
) -> io::Result<Box<dyn Read + 'a>> {
    let free = most.saturating_sub(*held);
    Ok(match compression {
        Compression::Gzip => Box::new(Members::<flate2::bufread::GzDecoder<Input<'a>>>::new(
            input, free,
        )),
        Compression::Zlib => Box::new(flate2::bufread::ZlibDecoder::new(input)),
        Compression::Deflate => Box::new(flate2::bufread::DeflateDecoder::new(input)),
        Compression::Zstd => {
            let window = zstd_window(input.fill_buf()?);
            hold(window, free, held)?;
            Box::new(Members::<ZstdFrame<'a>>::new(input, free))
        }
        Compression::Xz => {
            let window = xz_dictionary(input.fill_buf()?);
            hold(window, free, held)?;
            Box::new(lzma_rust2::XzReader::new_mem_limit(
                input,
                true,
                u32::try_from(free / 1024 + 128).unwrap_or(u32::MAX),
            ))
        }
        Compression::Bzip2 => {
            hold(4 << 20, free, held)?;
            Box::new(bzip2::bufread::MultiBzDecoder::new(input))
        }
    })
}

fn hold(window: usize, free: usize, held: &mut usize) -> io::Result<()> {
    if window > free {
        return Err(io::Error::new(
            ErrorKind::OutOfMemory,
            format!(
                "it needs a window of {} MiB, which is over the limit",
                window >> 20
            ),
        ));
    }
    *held += window;
    Ok(())
}

/// The window that the first frame asks for, of what can be seen of its header.
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

/// The dictionary of the first block: the property of its LZMA2 filter.
fn xz_dictionary(head: &[u8]) -> usize {
    // Stream header (12 bytes), size of the block header, flags, sizes where the flags say so, then the filters.
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

/// One of several pieces of a stream, each with a head of its own.
trait Member<'a>: Read + Sized {
    /// Whether a member begins with these bytes.
    fn begins(head: &[u8]) -> bool;
    fn start(input: Input<'a>, window: usize) -> io::Result<Self>;
    fn finish(self) -> io::Result<Input<'a>>;
}

/// Reads members until something else follows.
enum Members<'a, M> {
    Between(Input<'a>, usize),
    In(M, usize),
    End,
}

impl<'a, M: Member<'a>> Members<'a, M> {
    fn new(input: Input<'a>, window: usize) -> Self {
        Self::Between(input, window)
    }
}

impl<'a, M: Member<'a>> Read for Members<'a, M> {
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

/// A frame of zstd, or one that decoders skip: estargz and zstd:chunked keep their tables in those.
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
