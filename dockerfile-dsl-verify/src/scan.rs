//! State shared by all workers of one scan: needles, limits, and the counts of bytes read and decoded. The readers in this module
//! count, and stop a decoder that yields too much.

use std::io::{BufRead, Read};
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use crate::limits::Limits;
use crate::search::Matcher;
use crate::windows::Windows;

/// State shared by all workers.
pub(crate) struct Scan {
    pub(crate) matcher: Matcher,
    pub(crate) limits: Limits,
    pub(crate) diff_ids: bool,
    pub(crate) digests: bool,
    /// Bytes read from the image, for the budget and the progress.
    pub(crate) read: std::sync::Arc<AtomicU64>,
    /// Bytes yielded by the decoders of blobs, and of nested data.
    pub(crate) decoded: [AtomicU64; 2],
    /// Memory of the decoders' windows.
    pub(crate) windows: Windows,
    /// Number of paths that are kept to detect files that a later layer deletes.
    pub(crate) paths: AtomicU64,
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Counts the bytes read from the image itself, for the budget and the progress.
pub(crate) struct Counted<'s, R> {
    inner: R,
    count: &'s AtomicU64,
}

impl<'s, R> Counted<'s, R> {
    pub(crate) fn new(inner: R, scan: &'s Scan) -> Self {
        Self {
            inner,
            count: &scan.read,
        }
    }
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(out)?;
        self.count.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Counted<'_, R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.inner.consume(count);
        self.count.fetch_add(count as u64, Ordering::Relaxed);
    }
}

/// Counts the bytes of a decoder, stops it beyond the budget, and hashes them on request.
pub(crate) struct Hashing<'a> {
    inner: &'a mut dyn Read,
    pub(crate) sha: Option<Sha256>,
    scan: &'a Scan,
    count: &'a AtomicU64,
}

impl<'a> Hashing<'a> {
    pub(crate) fn new(inner: &'a mut dyn Read, scan: &'a Scan, nested: bool) -> Self {
        Self {
            inner,
            sha: None,
            scan,
            count: &scan.decoded[usize::from(nested)],
        }
    }
}

impl Read for Hashing<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(out)?;
        let decoded = self.count.fetch_add(count as u64, Ordering::Relaxed) + count as u64;
        let limits = &self.scan.limits;
        if decoded
            > limits.decoded.saturating_add(
                limits
                    .ratio
                    .saturating_mul(self.scan.read.load(Ordering::Relaxed)),
            )
        {
            return Err(std::io::Error::new(
                std::io::ErrorKind::QuotaExceeded,
                "it unpacks to more than the budget",
            ));
        }
        if let Some(sha) = &mut self.sha {
            sha.update(&out[..count]);
        }
        Ok(count)
    }
}
