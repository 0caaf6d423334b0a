//! Where in the Rust source something was written.
//!
//! In: the caller of a `#[track_caller]` function. Out: its place, for errors. It is no part of what a stage says, so all places are
//! equal.

use std::fmt;
use std::panic::Location;

/// A file, a line and a column of Rust.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RustPlace(&'static Location<'static>);

impl RustPlace {
    /// The place that calls the function that calls this.
    #[track_caller]
    pub(crate) const fn caller() -> Self {
        Self(Location::caller())
    }
}

impl PartialEq for RustPlace {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for RustPlace {}

impl fmt::Display for RustPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.0.file(), self.0.line(), self.0.column())
    }
}
