//! How far a scan has come.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How far a scan has come; may be looked at from another thread.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    pub(crate) read: Arc<AtomicU64>,
    total: Arc<AtomicU64>,
}

impl Progress {
    /// Bytes of the image that have been read.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Bytes that there are, where that is known.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        Some(self.total.load(Ordering::Relaxed)).filter(|&total| total > 0)
    }

    /// Says how large the image is that is read next: with several images the total grows.
    pub(crate) fn set_total(&self, total: u64) {
        self.total.store(self.read() + total, Ordering::Relaxed);
    }
}
