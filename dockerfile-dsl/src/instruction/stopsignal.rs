//! STOPSIGNAL: the signal that asks the container to stop.
//!
//! In: a name or a number. Out: the line.

use crate::masked_debug::masked_debug;
use crate::pen::Pen;
use crate::problem::Problems;
use crate::render;
use crate::text::{LayerValue, Text};
use crate::valid;

/// The signal that asks the container to stop.
///
/// ```dockerfile
/// STOPSIGNAL SIGTERM
/// ```
///
/// See [STOPSIGNAL](https://docs.docker.com/reference/dockerfile/#stopsignal).
///
/// ```
/// # use dockerfile_dsl::instructions::{Instruction, Stopsignal};
/// let stopsignal = Stopsignal::new("SIGQUIT");
/// assert_eq!(Instruction::from(stopsignal).to_string(), "STOPSIGNAL SIGQUIT");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Stopsignal {
    pub(crate) signal: Text,
}

masked_debug!(Stopsignal { signal });

impl Stopsignal {
    pub(super) const KEYWORD: &str = "STOPSIGNAL";

    /// A name, with or without `SIG`, or a number.
    #[must_use]
    pub fn new(signal: impl LayerValue) -> Self {
        Self {
            signal: signal.into_text(),
        }
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        problems.word("the signal", &self.signal, valid::signal);
    }

    pub(super) fn write(&self, pen: &Pen<'_>) -> String {
        render::instruction(Self::KEYWORD, &[], &pen.word(&self.signal))
    }
}
