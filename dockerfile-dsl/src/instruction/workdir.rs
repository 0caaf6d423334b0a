//! WORKDIR: the working directory of the following instructions.
//!
//! In: a path of the layer. Out: the line.

use crate::masked_debug::masked_debug;
use crate::pen::Pen;
use crate::problem::Problems;
use crate::render;
use crate::text::{IntoLayerPath, Text};

/// The working directory of the following instructions and of the container; it is created if it is missing.
///
/// ```dockerfile
/// WORKDIR /app
/// ```
///
/// See [WORKDIR](https://docs.docker.com/reference/dockerfile/#workdir).
///
/// ```
/// # use dockerfile_dsl::instructions::{Instruction, Workdir};
/// let workdir = Workdir::new("/src");
/// assert_eq!(Instruction::from(workdir).to_string(), "WORKDIR /src");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Workdir {
    pub(crate) directory: Text,
}

masked_debug!(Workdir { directory });

impl Workdir {
    pub(super) const KEYWORD: &str = "WORKDIR";

    /// The directory, absolute or relative to the previous one.
    #[must_use]
    pub fn new(directory: impl IntoLayerPath) -> Self {
        Self {
            directory: directory.into_path(),
        }
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        problems.layer_path("the directory", &self.directory);
    }

    pub(super) fn write(&self, pen: &Pen<'_>) -> String {
        render::instruction(Self::KEYWORD, &[], &pen.word(&self.directory))
    }
}
