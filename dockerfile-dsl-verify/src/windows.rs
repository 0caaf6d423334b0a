//! The windows of decoders: many small ones in parallel, or one large one at a time, so that memory is bounded for any image.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Max. bytes that all workers may hold without waiting for each other: two layers with the 8 MiB that BuildKit's zstd uses.
const SHARED: usize = 17 << 20;

/// Memory for windows.
#[derive(Debug)]
pub(crate) struct Windows {
    free: AtomicUsize,
    /// The holder may allocate up to the limit of one worker. It never waits, so the others do not wait forever.
    large: Mutex<()>,
}

impl Default for Windows {
    fn default() -> Self {
        Self {
            free: AtomicUsize::new(SHARED),
            large: Mutex::default(),
        }
    }
}

impl Windows {
    /// Reserves this many bytes, and waits if necessary.
    pub(crate) fn hold(&self, size: usize) -> Held<'_> {
        let taken = self
            .free
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |free| {
                free.checked_sub(size)
            });
        match taken {
            Ok(_) => Held::Shared(self, size),
            Err(_) => Held::Large(self.large.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }
}

/// A reservation of memory, released on drop.
#[derive(Debug)]
pub(crate) enum Held<'s> {
    Shared(&'s Windows, usize),
    Large(#[expect(dead_code, reason = "held, not looked at")] MutexGuard<'s, ()>),
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if let Self::Shared(windows, size) = self {
            windows.free.fetch_add(*size, Ordering::AcqRel);
        }
    }
}

/// Windows in use by one worker.
#[derive(Debug, Default)]
pub(crate) struct InUse {
    size: usize,
    has_large: bool,
}

impl InUse {
    /// Adds a window. Returns the previous reservation, to be restored.
    pub(crate) fn add<'s>(
        &mut self,
        windows: &'s Windows,
        size: usize,
        most: usize,
    ) -> io::Result<(Self, Option<Held<'s>>)> {
        if self.size.saturating_add(size) > most {
            return Err(io::Error::new(
                io::ErrorKind::OutOfMemory,
                format!(
                    "it needs a window of {} MiB, which is over the limit",
                    size >> 20
                ),
            ));
        }
        let held = (!self.has_large).then(|| windows.hold(size));
        let is_large = matches!(held, Some(Held::Large(_)));
        let next = Self {
            size: self.size + size,
            has_large: self.has_large || is_large,
        };
        Ok((std::mem::replace(self, next), held))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_worker_at_a_time_holds_a_large_window() {
        let windows = Windows::default();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        let mut one = InUse::default();
                        let (none, _small) = one.add(&windows, 8 << 20, 32 << 20).unwrap();
                        let (_, _large) = one.add(&windows, 20 << 20, 32 << 20).unwrap();
                        assert!(one.has_large);
                        assert!(one.add(&windows, 8 << 20, 32 << 20).is_err());
                        one = none;
                        assert_eq!(one.size, 0);
                    }
                });
            }
        });
        assert_eq!(windows.free.load(Ordering::Acquire), SHARED);
    }
}
