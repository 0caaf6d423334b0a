//! COPY: files of the build context, of a stage or of an image.
//!
//! In: an origin, sources, a destination. Out: the line. Sources are literal unless they ask for wildcards or variables.

use super::Origin;
use super::transfer::{IntoSources, Transfer};
use crate::masked_debug::masked_debug;
use crate::pen::Pen;
use crate::problem::Problems;
use crate::render::Written;
use crate::stage::IntoStage;
use crate::text::{IntoLayerPath, LayerText, LayerValue};

/// Copies files of the build context, of a stage or of an image into a layer.
///
/// ```dockerfile
/// COPY --from=build --chown=app:app /src/target/release/server /server
/// ```
///
/// See [COPY](https://docs.docker.com/reference/dockerfile/#copy).
///
/// ```
/// # use dockerfile_dsl::instructions::{Instruction, CopyFiles};
/// let copy = CopyFiles::new("app", "/app").chown("app:app").chmod("755");
/// assert_eq!(Instruction::from(copy).to_string(), "COPY --chown=app:app --chmod=755 app /app");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct CopyFiles {
    pub(crate) transfer: Transfer,
    pub(crate) from: Option<Origin>,
    pub(crate) parents: bool,
}

masked_debug!(CopyFiles {
    transfer,
    from,
    parents
});

impl CopyFiles {
    pub(super) const KEYWORD: &str = "COPY";

    /// Copies files of the build context, or inline files of the Dockerfile.
    #[must_use]
    pub fn new(sources: impl IntoSources, destination: impl IntoLayerPath) -> Self {
        Self {
            transfer: Transfer::new(sources.into_sources(), destination.into_path()),
            from: None,
            parents: false,
        }
    }

    /// `--from=`: files of another stage.
    #[must_use]
    pub fn from_stage(
        stage: impl IntoStage,
        sources: impl IntoSources,
        destination: impl IntoLayerPath,
    ) -> Self {
        Self {
            from: Some(Origin::Stage(stage.into_stage())),
            ..Self::new(sources, destination)
        }
    }

    /// `--from=`: files of an image, or of a named build context.
    #[must_use]
    pub fn from_image(
        image: impl LayerText,
        sources: impl IntoSources,
        destination: impl IntoLayerPath,
    ) -> Self {
        Self {
            from: Some(Origin::Image(image.into_string())),
            ..Self::new(sources, destination)
        }
    }

    /// [`--chown=`](https://docs.docker.com/reference/dockerfile/#copy---chown---chmod) `user[:group]`.
    #[must_use]
    pub fn chown(mut self, owner: impl LayerValue) -> Self {
        self.transfer.chown = Some(owner.into_text());
        self
    }

    /// [`--chmod=`](https://docs.docker.com/reference/dockerfile/#copy---chown---chmod) octal, or `u=rwX,go=rX`.
    #[must_use]
    pub fn chmod(mut self, mode: impl LayerValue) -> Self {
        self.transfer.chmod = Some(mode.into_text());
        self
    }

    /// [`--link`](https://docs.docker.com/reference/dockerfile/#copy---link): a separate layer, independent of those below.
    #[must_use]
    pub fn link(mut self) -> Self {
        self.transfer.link = true;
        self
    }

    /// [`--parents`](https://docs.docker.com/reference/dockerfile/#copy---parents): keeps the parent directories of a source.
    ///
    /// ```
    /// # use dockerfile_dsl::{glob, instructions::{CopyFiles, Instruction}};
    /// let copy = CopyFiles::new(glob("*/Cargo.toml"), "/src/").parents();
    /// assert_eq!(Instruction::from(copy).to_string(), r#"COPY --parents ["*/Cargo.toml", "/src/"]"#);
    /// ```
    #[must_use]
    pub fn parents(mut self) -> Self {
        self.parents = true;
        self
    }

    /// [`--exclude=`](https://docs.docker.com/reference/dockerfile/#copy---exclude): a pattern as in `.dockerignore`; can be
    /// repeated.
    ///
    /// ```
    /// # use dockerfile_dsl::instructions::{CopyFiles, Instruction};
    /// let copy = CopyFiles::new(".", "/src/").exclude("target").exclude("*.md");
    /// assert_eq!(Instruction::from(copy).to_string(), r#"COPY --exclude=target --exclude="*.md" . /src/"#);
    /// ```
    #[must_use]
    pub fn exclude(mut self, pattern: impl LayerText) -> Self {
        self.transfer.excludes.push(pattern.into_string());
        self
    }

    pub(super) fn from(&self) -> Option<&Origin> {
        self.from.as_ref()
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        if let Some(from) = &self.from {
            from.check(problems);
        }
        self.transfer.check(problems);
        self.transfer.check_plain_words(problems);
        if self.from.is_some() && self.transfer.has_inline_files() {
            problems.wrong(
                "an inline file is not part of a stage or an image: copy it \
                 without `from`",
            );
        }
    }

    pub(super) fn write(&self, pen: &Pen<'_>) -> Written {
        let mut flags: Vec<String> = self
            .from
            .iter()
            .map(|from| pen.flag("from", &from.name(pen).content))
            .collect();
        flags.extend(self.transfer.flags(pen));
        flags.extend(self.parents.then(|| "--parents".to_owned()));
        self.transfer.write(pen).after(Self::KEYWORD, &flags)
    }
}
