//! A part of a secret, and the two lengths that decide what can be searched for.

use std::ops::DerefMut;

/// Shortest text that is searched for inside other text, in bytes. Shorter ones occur by chance in texts of any size.
pub const LEAST_LENGTH: usize = 8;

/// Contiguous bytes of a random-looking value that are a leak of a part of it. Half as many are guessed by no one, but digests,
/// identifiers and words share them with honest text.
pub const FRAGMENT: usize = 16;

/// Memory for bytes of a value, of a type that the caller chooses: `Zeroizing<Vec<u8>>`, which wipes itself when it is dropped.
///
/// A buffer is created with the capacity that its content needs, as one that grows leaves a copy in the memory it gives back.
pub trait Buffer: DerefMut<Target = Vec<u8>> + From<Vec<u8>> {
    /// Returns an empty buffer for that many bytes.
    fn with_capacity(bytes: usize) -> Self {
        Self::from(Vec::with_capacity(bytes))
    }
}

impl<B: DerefMut<Target = Vec<u8>> + From<Vec<u8>>> Buffer for B {}

/// A text whose presence where it does not belong is a leak.
#[derive(Debug)]
pub struct Piece<B> {
    /// Its bytes.
    pub text: B,
    /// How much of it makes a leak.
    pub need: Need,
    /// In which forms it is searched for.
    pub forms: Forms,
    /// The length of its longest line, if line ends stand between its raw bytes.
    pub longest_line: Option<usize>,
    /// Pieces that say the same share it.
    pub group: usize,
}

/// How much of a piece makes a leak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// All of it: less than that may be an ordinary word.
    Whole,
    /// Any [`FRAGMENT`] bytes of it: it looks random throughout.
    Fragment,
}

/// In which forms a piece is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forms {
    /// As it is, and in all encodings.
    All,
    /// As it is, and reversed.
    Raw,
    /// In all encodings, but not as it is.
    Encoded,
}
