//! `type=bind`: files of the build context, a stage or an image, for one step.
//!
//! In: a target, and the origin of the files. Out: the fields of the flag.

use super::{Fields, check_from, check_source, check_target};
use crate::instruction::Origin;
use crate::masked_debug::masked_debug;
use crate::pen::Pen;
use crate::problem::Problems;
use crate::stage::IntoStage;
use crate::text::{IntoLayerPath, LayerText, LayerValue, Text};

/// Files of the build context, of a stage or of an image, for one step: what the step writes there is discarded.
///
/// ```dockerfile
/// RUN --mount=type=bind,target=/src,source=app,from=build make
/// ```
///
/// See [`type=bind`](https://docs.docker.com/reference/dockerfile/#run---mounttypebind).
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Secret, Stage, instructions::Run, mounts::BindMount};
/// let run = Run::exec(["make"]).mount(BindMount::at("/src").source("app").writable());
/// let image = Dockerfile::from_stage(&Stage::from_image("gcc:15").run(run).build())?;
/// assert!(image.as_str().contains("RUN --mount=type=bind,target=/src,source=app,rw=true "));
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BindMount {
    pub(crate) target: Text,
    pub(crate) source: Option<Text>,
    pub(crate) from: Option<Origin>,
    pub(crate) writable: bool,
}

masked_debug!(BindMount {
    target,
    source,
    from,
    writable
});

impl BindMount {
    /// The whole build context at `target`.
    #[must_use]
    pub fn at(target: impl IntoLayerPath) -> Self {
        Self {
            target: target.into_path(),
            source: None,
            from: None,
            writable: false,
        }
    }

    /// `source=`: the path in the build context, the stage or the image.
    #[must_use]
    pub fn source(mut self, source: impl LayerValue) -> Self {
        self.source = Some(source.into_text());
        self
    }

    /// `from=`: files of another stage.
    #[must_use]
    pub fn from_stage(mut self, stage: impl IntoStage) -> Self {
        self.from = Some(Origin::Stage(stage.into_stage()));
        self
    }

    /// `from=`: files of an image, or of a named build context.
    #[must_use]
    pub fn from_image(mut self, image: impl LayerText) -> Self {
        self.from = Some(Origin::Image(image.into_string()));
        self
    }

    /// `rw`: the step may write there; its changes are discarded.
    #[must_use]
    pub fn writable(mut self) -> Self {
        self.writable = true;
        self
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        check_target(&self.target, problems);
        check_from(self.from.as_ref(), problems);
        if let Some(source) = &self.source {
            check_source("the source of a mount", source, problems);
        }
    }

    pub(super) fn fields(&self, pen: &Pen<'_>) -> Fields {
        let mut fields = vec![
            ("type", Text::literal("bind")),
            ("target", self.target.clone()),
        ];
        fields.extend(self.source.clone().map(|source| ("source", source)));
        fields.extend(self.from.as_ref().map(|from| ("from", from.name(pen))));
        if self.writable {
            fields.push(("rw", Text::literal("true")));
        }
        fields
    }
}
