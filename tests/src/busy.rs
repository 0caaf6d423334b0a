//! Measures the processor time of a test, so that the load of the machine cannot make it fail.

use std::fs;
use std::time::{Duration, Instant};

/// A start, on one thread.
#[derive(Debug)]
pub struct Busy {
    started: Instant,
    before: Option<Duration>,
}

impl Busy {
    /// Starts the clock of this thread.
    #[must_use]
    pub fn start() -> Self {
        Self {
            started: Instant::now(),
            before: processor_time(),
        }
    }

    /// Processor time of this thread since the start; elapsed time if the system does not report it.
    #[must_use]
    pub fn time(&self) -> Duration {
        match (processor_time(), self.before) {
            (Some(now), Some(before)) => now.saturating_sub(before),
            _ => self.started.elapsed(),
        }
    }
}

/// The first number of the thread's `schedstat`, in nanoseconds (Linux).
fn processor_time() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}
