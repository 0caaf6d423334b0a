//! Progress of a scan.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Progress of a scan, readable from another thread.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    pub(crate) read: Arc<AtomicU64>,
    total: Arc<AtomicU64>,
}

impl Progress {
    /// Returns the bytes of the image that have been read.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Returns the total number of bytes, if it is known.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        Some(self.total.load(Ordering::Relaxed)).filter(|&total| total > 0)
    }

    /// Adds the size of the image that is read next: with several images the total grows.
    pub(crate) fn set_total(&self, total: u64) {
        self.total.store(self.read() + total, Ordering::Relaxed);
    }
}
