//! VOLUME: directories outside the image.
//!
//! In: paths. Out: the line.

use crate::masked_debug::masked_debug;
use crate::pen::Pen;
use crate::problem::Problems;
use crate::text::{IntoLayerPath, Text};

/// Directories whose content is kept outside the image.
///
/// ```dockerfile
/// VOLUME /var/lib/app
/// ```
///
/// See [VOLUME](https://docs.docker.com/reference/dockerfile/#volume).
///
/// ```
/// # use dockerfile_dsl::instructions::{Instruction, Volume};
/// let volume = Volume::new("/data").and("/log");
/// assert_eq!(Instruction::from(volume).to_string(), "VOLUME /data /log");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Volume {
    pub(crate) paths: Vec<Text>,
}

masked_debug!(Volume { paths });

impl Volume {
    pub(super) const KEYWORD: &str = "VOLUME";

    /// A directory.
    #[must_use]
    pub fn new(path: impl IntoLayerPath) -> Self {
        Self {
            paths: vec![path.into_path()],
        }
    }

    /// Adds a directory.
    #[must_use]
    pub fn and(mut self, path: impl IntoLayerPath) -> Self {
        self.paths.push(path.into_path());
        self
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        for path in &self.paths {
            problems.layer_path("a volume", path);
            // BuildKit trims blanks at both ends before it parses the word.
            if path.content.trim() != path.content {
                problems.unwritable("a volume starts or ends with a blank, which BuildKit removes");
            }
        }
    }

    pub(super) fn write(&self, pen: &Pen<'_>) -> String {
        format!("VOLUME {}", pen.words(&self.paths))
    }
}
