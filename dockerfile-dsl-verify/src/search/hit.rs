//! An occurrence of a needle in a text.

use std::ops::Range;

/// An occurrence of a part of a needle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) needle: usize,
    /// Range of bytes in the needle.
    pub(crate) part: Range<usize>,
    /// Range of bytes in the text.
    pub(crate) place: Range<usize>,
}
