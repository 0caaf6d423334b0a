//! A part of a secret, and the two lengths that decide what can be searched for.

use std::ops::DerefMut;

/// Min. length in bytes of a text that is searched for inside other text. Shorter ones occur by chance in texts of any size.
pub const LEAST_LENGTH: usize = 8;

/// Min. contiguous bytes of a random-looking value whose presence is a leak. Half as many cannot be guessed either, but also occur in
/// digests, identifiers and words of ordinary text.
pub const FRAGMENT: usize = 16;

/// Memory for bytes of a value, of a type that the caller chooses: `Zeroizing<Vec<u8>>`, which wipes itself when it is dropped.
///
/// A buffer is created with the capacity that its content needs: one that grows leaves a copy in the memory that it frees.
pub trait Buffer: DerefMut<Target = Vec<u8>> + From<Vec<u8>> {
    /// Returns an empty buffer for this number of bytes.
    fn with_capacity(bytes: usize) -> Self {
        Self::from(Vec::with_capacity(bytes))
    }
}

impl<B: DerefMut<Target = Vec<u8>> + From<Vec<u8>>> Buffer for B {}

/// A text whose presence in an image is a leak.
#[derive(Debug)]
pub struct Piece<B> {
    /// Its bytes.
    pub text: B,
    /// How much of it is a leak.
    pub need: Need,
    /// The forms in which it is searched for.
    pub forms: Forms,
    /// Length of its longest line, if its raw bytes contain line ends.
    pub longest_line: Option<usize>,
    /// Pieces with the same meaning share a group.
    pub group: usize,
}

/// How much of a piece is a leak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// All of it: a part may be an ordinary word.
    Whole,
    /// Any [`FRAGMENT`] bytes of it: all of it looks random.
    Fragment,
}

/// The forms in which a piece is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forms {
    /// Literally, and in all encodings.
    All,
    /// Literally, and reversed.
    Raw,
    /// In all encodings, but not literally.
    Encoded,
}
