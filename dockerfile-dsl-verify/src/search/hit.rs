//! A place where the text is that of a needle.

use std::ops::Range;

/// A place where bytes of a needle stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) needle: usize,
    /// Which bytes of the needle.
    pub(crate) part: Range<usize>,
    /// Where in the text.
    pub(crate) place: Range<usize>,
}
