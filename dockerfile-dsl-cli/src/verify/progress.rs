//! Progress of the search on a terminal: bytes, rate, and the remaining time if the size is known.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use dockerfile_dsl_verify::Progress;
use indicatif::{ProgressBar, ProgressStyle};

use crate::output;

const SIZED: &str = "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
/// Template for a stream of unknown length.
const ENDLESS: &str = "{spinner} {bytes}, {bytes_per_sec}, {elapsed}";

/// Runs the work, and shows its progress if stderr is a terminal.
pub(super) fn shown<T>(progress: &Progress, work: impl FnOnce() -> T) -> T {
    // Hidden automatically if stderr is not a terminal.
    let bar = ProgressBar::no_length();
    if bar.is_hidden() || output::is_quiet() {
        return work();
    }
    let style = |template| {
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
    };
    bar.set_style(style(ENDLESS));
    std::thread::scope(|scope| {
        let (done, is_done) = channel::<()>();
        let (bar, progress) = (bar.clone(), progress.clone());
        scope.spawn(move || {
            while is_done.recv_timeout(Duration::from_millis(100)) == Err(RecvTimeoutError::Timeout)
            {
                if let Some(total) = progress.total()
                    && bar.length().is_none()
                {
                    bar.set_style(style(SIZED));
                    bar.set_length(total);
                }
                bar.set_position(progress.read());
            }
            bar.finish_and_clear();
        });
        let result = work();
        drop(done);
        result
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_templates_are_valid() {
        for template in [SIZED, ENDLESS] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }
}
