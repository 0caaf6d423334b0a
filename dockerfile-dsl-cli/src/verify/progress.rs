//! How far the search has come, on a terminal: bytes, rate, and the time that is left where the size is known.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use dockerfile_dsl_verify::Progress;
use indicatif::{ProgressBar, ProgressStyle};

use crate::output;

const SIZED: &str = "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
/// Of a stream, which may end at any time.
const ENDLESS: &str = "{spinner} {bytes}, {bytes_per_sec}, {elapsed}";

/// Shows on a terminal how far the work has come; elsewhere only does it.
pub(super) fn shown<T>(progress: &Progress, work: impl FnOnce() -> T) -> T {
    // Hidden by itself where stderr is no terminal.
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
    fn the_templates_are_templates() {
        for template in [SIZED, ENDLESS] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }
}
