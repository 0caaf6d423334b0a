//! Progress of a check that takes longer than a second, on a terminal.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::output;

const TEMPLATE: &str = "{bar:30} {pos} of {len} files, {eta} left";

/// Runs the work, which counts the files that are done.
pub(super) fn shown<T>(total: usize, work: impl FnOnce(&AtomicUsize) -> T) -> T {
    let done = AtomicUsize::new(0);
    // Hidden automatically if stderr is not a terminal.
    let bar = ProgressBar::new(total as u64);
    if bar.is_hidden() || output::is_quiet() {
        return work(&done);
    }
    bar.set_style(
        ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    std::thread::scope(|scope| {
        let (sender, receiver) = channel::<()>();
        let (bar, done) = (&bar, &done);
        scope.spawn(move || {
            let wait = |time| receiver.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
            let mut is_running = wait(Duration::from_secs(1));
            while is_running {
                bar.set_position(done.load(Ordering::Relaxed) as u64);
                is_running = wait(Duration::from_millis(100));
            }
            bar.finish_and_clear();
        });
        let result = work(done);
        drop(sender);
        result
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_valid() {
        assert!(ProgressStyle::with_template(TEMPLATE).is_ok());
    }
}
