//! `type=tmpfs`: a directory in memory, for one step.
//!
//! In: a target and a size. Out: the fields of the flag.

use super::{Fields, check_target};
use crate::masked_debug::masked_debug;
use crate::problem::Problems;
use crate::text::{IntoLayerPath, Text};

/// A directory in memory, for one step.
///
/// ```dockerfile
/// RUN --mount=type=tmpfs,target=/tmp/creds,size=1048576 ./configure
/// ```
///
/// See [`type=tmpfs`](https://docs.docker.com/reference/dockerfile/#run---mounttypetmpfs).
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Secret, Stage, instructions::Run, mounts::TmpfsMount};
/// let run = Run::exec(["make"]).mount(TmpfsMount::at("/tmp/work").size(1 << 20));
/// let image = Dockerfile::from_stage(&Stage::from_image("gcc:15").run(run).build())?;
/// assert!(image.as_str().contains("RUN --mount=type=tmpfs,target=/tmp/work,size=1048576 "));
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TmpfsMount {
    pub(crate) target: Text,
    pub(crate) size: Option<u64>,
    pub(crate) read_only: bool,
}

masked_debug!(TmpfsMount {
    target,
    size,
    read_only
});

impl TmpfsMount {
    /// An empty directory at `target`.
    #[must_use]
    pub fn at(target: impl IntoLayerPath) -> Self {
        Self {
            target: target.into_path(),
            size: None,
            read_only: false,
        }
    }

    /// `size=`: max. size in bytes.
    #[must_use]
    pub fn size(mut self, bytes: u64) -> Self {
        self.size = Some(bytes);
        self
    }

    /// `ro`: read-only, for a program that needs an empty directory.
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        check_target(&self.target, problems);
        if self.size.is_some_and(|size| i64::try_from(size).is_err()) {
            problems.wrong("the size of a tmpfs is at most 9223372036854775807 bytes");
        }
    }

    pub(super) fn fields(&self) -> Fields {
        let mut fields = vec![
            ("type", Text::literal("tmpfs")),
            ("target", self.target.clone()),
        ];
        if self.read_only {
            fields.push(("ro", Text::literal("true")));
        }
        fields.extend(
            self.size
                .map(|size| ("size", Text::literal(size.to_string()))),
        );
        fields
    }
}
