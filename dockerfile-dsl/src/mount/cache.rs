//! `type=cache`: a directory that outlives the build.
//!
//! In: a target, and who shares it. Out: the fields of the flag.

use super::{Fields, check_from, check_mode, check_source, check_target, number, octal};
use crate::instruction::Origin;
use crate::masked_debug::masked_debug;
use crate::pen::Pen;
use crate::problem::Problems;
use crate::stage::IntoStage;
use crate::text::{IntoLayerPath, LayerText, LayerValue, Text};

/// A directory that outlives the build, shared by all builds with the same id. It must not contain secrets.
///
/// ```dockerfile
/// RUN --mount=type=cache,target=/root/.cache/pip,sharing=locked pip install -r requirements.txt
/// ```
///
/// See [`type=cache`](https://docs.docker.com/reference/dockerfile/#run---mounttypecache).
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Secret, Stage, instructions::Run, mounts::CacheMount};
/// let run = Run::exec(["make"]).mount(CacheMount::at("/root/.cache").id("cache"));
/// let image = Dockerfile::from_stage(&Stage::from_image("gcc:15").run(run).build())?;
/// assert!(image.as_str().contains("RUN --mount=type=cache,id=cache,target=/root/.cache "));
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct CacheMount {
    pub(crate) target: Text,
    pub(crate) id: Option<Text>,
    pub(crate) sharing: Option<Sharing>,
    pub(crate) from: Option<Origin>,
    pub(crate) source: Option<Text>,
    pub(crate) mode: Option<u32>,
    pub(crate) uid: Option<u32>,
    pub(crate) gid: Option<u32>,
    pub(crate) read_only: bool,
}

masked_debug!(CacheMount {
    target,
    id,
    sharing,
    from,
    source,
    mode,
    uid,
    gid,
    read_only
});

/// `sharing=`: what happens when two builds use one cache at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Sharing {
    /// Both builds use it.
    Shared,
    /// The second build gets a separate cache.
    Private,
    /// The second build waits.
    Locked,
}

impl CacheMount {
    /// A cache at `target`; unless it has an [`id`](Self::id), all caches with that target are the same.
    #[must_use]
    pub fn at(target: impl IntoLayerPath) -> Self {
        Self {
            target: target.into_path(),
            id: None,
            sharing: None,
            from: None,
            source: None,
            mode: None,
            uid: None,
            gid: None,
            read_only: false,
        }
    }

    /// `id=`: mounts with the same id share one cache.
    #[must_use]
    pub fn id(mut self, id: impl LayerValue) -> Self {
        self.id = Some(id.into_text());
        self
    }

    /// `sharing=`
    ///
    /// ```
    /// # use dockerfile_dsl::mounts::{CacheMount, Sharing};
    /// // apt locks its directory: a second build has to wait.
    /// let cache = CacheMount::at("/var/cache/apt").sharing(Sharing::Locked);
    /// ```
    #[must_use]
    pub fn sharing(mut self, sharing: Sharing) -> Self {
        self.sharing = Some(sharing);
        self
    }

    /// `from=`: a stage whose files are the initial content.
    #[must_use]
    pub fn from_stage(mut self, stage: impl IntoStage) -> Self {
        self.from = Some(Origin::Stage(stage.into_stage()));
        self
    }

    /// `from=`: an image, or a named build context, whose files are the initial content.
    #[must_use]
    pub fn from_image(mut self, image: impl LayerText) -> Self {
        self.from = Some(Origin::Image(image.into_string()));
        self
    }

    /// `source=`: the path in the stage or image.
    #[must_use]
    pub fn source(mut self, source: impl LayerValue) -> Self {
        self.source = Some(source.into_text());
        self
    }

    /// `mode=`: permissions of the directory when it is created.
    #[must_use]
    pub fn mode(mut self, mode: u32) -> Self {
        self.mode = Some(mode);
        self
    }

    /// `uid=`: owner of the directory when it is created.
    #[must_use]
    pub fn uid(mut self, uid: u32) -> Self {
        self.uid = Some(uid);
        self
    }

    /// `gid=`: group of the directory when it is created.
    #[must_use]
    pub fn gid(mut self, gid: u32) -> Self {
        self.gid = Some(gid);
        self
    }

    /// `ro`: read-only for this step.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        check_target(&self.target, problems);
        check_from(self.from.as_ref(), problems);
        if let Some(source) = &self.source {
            check_source("the source of a mount", source, problems);
        }
        if let Some(id) = &self.id {
            check_source("the id of a cache", id, problems);
        }
        check_mode(self.mode, problems);
    }

    pub(super) fn fields(&self, pen: &Pen<'_>) -> Fields {
        let mut fields = vec![("type", Text::literal("cache"))];
        fields.extend(self.id.clone().map(|id| ("id", id)));
        fields.push(("target", self.target.clone()));
        fields.extend(
            self.sharing
                .map(|sharing| ("sharing", Text::literal(sharing.word()))),
        );
        fields.extend(self.from.as_ref().map(|from| ("from", from.name(pen))));
        fields.extend(self.source.clone().map(|source| ("source", source)));
        fields.extend(self.mode.map(|mode| ("mode", octal(mode))));
        fields.extend(self.uid.map(|uid| ("uid", number(uid))));
        fields.extend(self.gid.map(|gid| ("gid", number(gid))));
        if self.read_only {
            fields.push(("ro", Text::literal("true")));
        }
        fields
    }
}

impl Sharing {
    const fn word(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Private => "private",
            Self::Locked => "locked",
        }
    }
}
