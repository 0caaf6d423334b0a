//! The origin of files for COPY and mounts: a stage or an image.
//!
//! In: a stage of the same file, or the name of an image. Out: the value of `from=`.

use crate::pen::Pen;
use crate::problem::Problems;
use crate::stage::Stage;
use crate::text::Text;
use crate::valid;

/// The origin of the files of COPY or a mount, if it is not the build context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A stage of the same file.
    Stage(Stage),
    /// An image, or a named build context.
    Image(String),
}

impl Origin {
    pub(crate) fn check(&self, problems: &mut Problems) {
        let Self::Image(image) = self else { return };
        problems.flag("the image in `from`", image);
        problems.check(valid::image(image));
        // COPY parses a number as the index of a stage.
        if !image.is_empty() && image.bytes().all(|byte| byte.is_ascii_digit()) {
            problems.wrong(format!(
                "`from={image}` would be the stage with that index: give the image its registry, \
                 or pass the `Stage`"
            ));
        }
    }

    pub(crate) fn name(&self, pen: &Pen<'_>) -> Text {
        match self {
            Self::Stage(stage) => Text::literal(pen.name_of(stage)),
            Self::Image(image) => Text::literal(image),
        }
    }
}
