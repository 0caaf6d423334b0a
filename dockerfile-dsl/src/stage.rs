//! Stages as values: what FROM starts and the next FROM ends.
//!
//! In: a base, and instructions through `&mut` methods, as on `std::process::Command`. Out: a frozen [`Stage`] that others copy from
//! and that can be read.
//! Invariant: only a frozen stage can be referred to, which excludes forward references, cycles and stages of another file.

use std::sync::Arc;

use crate::Secret;
use crate::danger::Decision;
use crate::instruction::{
    Add, Arg, Cmd, CopyFiles, Entrypoint, Env, Expose, Healthcheck, Instruction, IntoCommand,
    IntoScript, IntoSources, Label, Onbuild, Origin, Run, Shell, Stopsignal, User, Volume, Workdir,
};
use crate::rust_place::RustPlace;
use crate::text::{IntoLayerPath, LayerText, LayerValue, Sealed, Text};

/// A stage that is complete: cheap to clone, and equal to another that says the same.
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Error, Stage};
/// # fn main() -> Result<(), Error> {
/// let build = Stage::from_image("rust:1.95-slim").named("build").copy(".", "/src/").build();
/// let app = Stage::scratch().copy_from(&build, "/src/app", "/app").cmd(["/app"]).build();
/// let dockerfile = Dockerfile::from_stage(&app)?;
/// # Ok(())
/// # }
/// ```
///
/// See [FROM](https://docs.docker.com/reference/dockerfile/#from).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage(Arc<Content>);

/// A finished stage, by reference.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a finished stage",
    label = "expected a `&Stage`",
    note = "a `StageBuilder` becomes a stage by `.build()`: `let stage = builder.build();`, then \
            `&stage`"
)]
pub trait IntoStage: Sealed {
    #[doc(hidden)]
    fn into_stage(self) -> Stage;
}

impl Sealed for &Stage {}
#[diagnostic::do_not_recommend]
impl IntoStage for &Stage {
    fn into_stage(self) -> Stage {
        self.clone()
    }
}

impl Sealed for &&Stage {}
#[diagnostic::do_not_recommend]
impl IntoStage for &&Stage {
    fn into_stage(self) -> Stage {
        (*self).clone()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    /// Number of stages below it. The first field, so that comparing a stage with its base ends early.
    depth: usize,
    pub(crate) base: Base,
    pub(crate) at: RustPlace,
    pub(crate) platform: Option<Text>,
    pub(crate) name: Option<String>,
    /// Above FROM.
    pub(crate) above: Above,
    pub(crate) steps: Vec<Step>,
    /// Said after the last instruction: about nothing.
    pub(crate) loose: Above,
}

/// What a stage starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// An image.
    Image(Text),
    /// Another stage of the same file.
    Stage(Stage),
    /// Nothing.
    Scratch,
}

/// An instruction, with the comments and decisions above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) above: Above,
    pub(crate) instruction: Instruction,
    pub(crate) at: RustPlace,
}

impl Step {
    /// The author's decisions of trust, above the instruction and in it.
    pub(crate) fn decisions(&self) -> Vec<Decision> {
        let mut decisions = self.above.decisions.clone();
        match &self.instruction {
            Instruction::Run(run) => decisions.append(&mut run.decisions()),
            Instruction::Raw(raw) => decisions.push(raw.decision()),
            _ => {}
        }
        decisions
    }
}

/// The comments directly above an instruction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Above {
    pub(crate) comments: Vec<String>,
    pub(crate) checks: Vec<String>,
    pub(crate) decisions: Vec<Decision>,
}

impl Content {
    fn parts(&self) -> Vec<Stage> {
        let mut parts = Vec::new();
        if let Base::Stage(stage) = &self.base {
            parts.push(stage.clone());
        }
        for step in &self.steps {
            for origin in step.instruction.origins() {
                if let Origin::Stage(stage) = origin {
                    parts.push(stage.clone());
                }
            }
        }
        parts
    }
}

impl Above {
    pub(crate) fn is_empty(&self) -> bool {
        self.comments.is_empty() && self.checks.is_empty() && self.decisions.is_empty()
    }
}

impl Stage {
    /// Starts from an image: `debian:bookworm-slim`, also with variables of global build arguments.
    #[must_use]
    #[track_caller]
    pub fn from_image(image: impl LayerValue) -> StageBuilder {
        StageBuilder::new(Base::Image(image.into_text()))
    }

    /// Starts from another stage of the same file.
    #[must_use]
    #[track_caller]
    pub fn from_stage(stage: impl IntoStage) -> StageBuilder {
        StageBuilder::new(Base::Stage(stage.into_stage()))
    }

    /// Starts from nothing: [`FROM scratch`](https://docs.docker.com/build/building/base-images/#create-a-minimal-base-image-using-scratch).
    #[must_use]
    #[track_caller]
    pub fn scratch() -> StageBuilder {
        StageBuilder::new(Base::Scratch)
    }

    /// Starts from a base that was read from a file.
    #[cfg(feature = "import-code")]
    #[track_caller]
    pub(crate) fn from_base(base: Base, platform: Option<Text>) -> StageBuilder {
        let mut stage = StageBuilder::new(base);
        stage.content.platform = platform;
        stage
    }

    /// Its name, if it was given one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// What it starts from.
    #[must_use]
    pub fn base(&self) -> &Base {
        &self.0.base
    }

    /// `--platform`, if it was given one.
    #[must_use]
    pub fn platform(&self) -> Option<&Text> {
        self.0.platform.as_ref()
    }

    /// Its instructions, in their order. Each can be displayed as the lines that it becomes.
    ///
    /// ```
    /// use dockerfile_dsl::{Stage, instructions::Instruction};
    ///
    /// let stage = Stage::from_image("debian").workdir("/app").user("app").build();
    /// let users = stage.instructions().filter(|one| matches!(one, Instruction::User(_)));
    /// assert_eq!(users.map(ToString::to_string).collect::<Vec<_>>(), ["USER app"]);
    /// ```
    pub fn instructions(&self) -> impl ExactSizeIterator<Item = &Instruction> {
        self.0.steps.iter().map(|step| &step.instruction)
    }

    fn of(mut content: Content) -> Self {
        for part in content.parts() {
            content.depth = content.depth.max(part.0.depth + 1);
        }
        Self(Arc::new(content))
    }

    pub(crate) fn content(&self) -> &Content {
        &self.0
    }

    /// The stages that it is made of, in the order in which it names them.
    pub(crate) fn parts(&self) -> Vec<Self> {
        self.0.parts()
    }
}

/// A stage in the making. Each method adds one instruction; [`build`](Self::build) freezes what is there.
#[derive(Debug, Clone)]
pub struct StageBuilder {
    content: Content,
}

impl StageBuilder {
    #[track_caller]
    fn new(base: Base) -> Self {
        let content = Content {
            depth: 0,
            base,
            at: RustPlace::caller(),
            platform: None,
            name: None,
            above: Above::default(),
            steps: Vec::new(),
            loose: Above::default(),
        };
        Self { content }
    }

    /// `AS name`: for `--target`, for the build log, and for other stages. One that is referred to and has none gets `stage-N`.
    pub fn named(&mut self, name: impl LayerText) -> &mut Self {
        self.content.name = Some(name.into_string());
        self
    }

    /// [`--platform=`](https://docs.docker.com/reference/dockerfile/#from): as in `linux/arm64`, or `expand("$BUILDPLATFORM")`.
    pub fn platform(&mut self, platform: impl LayerValue) -> &mut Self {
        self.content.platform = Some(platform.into_text());
        self
    }

    /// Freezes the stage as it is now. It copies: the builder can go on, and be asked again.
    #[must_use]
    pub fn build(&self) -> Stage {
        Stage::of(self.content.clone())
    }

    /// Any instruction, with all its flags.
    #[track_caller]
    pub fn instruction(&mut self, instruction: impl Into<Instruction>) -> &mut Self {
        let above = std::mem::take(&mut self.content.loose);
        self.content.steps.push(Step {
            above,
            instruction: instruction.into(),
            at: RustPlace::caller(),
        });
        self
    }

    /// A comment above the next instruction; each of its lines becomes one.
    pub fn comment(&mut self, text: impl LayerText) -> &mut Self {
        self.content.loose.comments.push(text.into_string());
        self
    }

    /// A comment above the FROM.
    pub fn stage_comment(&mut self, text: impl LayerText) -> &mut Self {
        self.content.above.comments.push(text.into_string());
        self
    }

    /// [`# check=`](https://docs.docker.com/reference/dockerfile/#check) for the next instruction, as in `skip=JSONArgsRecommended`.
    pub fn check(&mut self, options: impl LayerText) -> &mut Self {
        self.content.loose.checks.push(options.into_string());
        self
    }

    /// Adds a decision of trust for the next instruction: see [`danger`](crate::danger).
    pub fn decide(&mut self, decision: Decision) -> &mut Self {
        self.content.loose.decisions.push(decision);
        self
    }

    /// [`RUN`](Run): a script of `sh!`, or a [`Run`] with more options.
    #[track_caller]
    pub fn run(&mut self, script: impl IntoScript) -> &mut Self {
        self.instruction(script.into_run())
    }

    /// [`RUN`](Run) in exec form: a program and its arguments.
    #[track_caller]
    pub fn run_exec<T: LayerText>(&mut self, arguments: impl IntoIterator<Item = T>) -> &mut Self {
        self.instruction(Run::exec(arguments))
    }

    /// [`COPY`](CopyFiles) from the build context.
    #[track_caller]
    pub fn copy(
        &mut self,
        sources: impl IntoSources,
        destination: impl IntoLayerPath,
    ) -> &mut Self {
        self.instruction(CopyFiles::new(sources, destination))
    }

    /// [`COPY --from=`](CopyFiles) another stage.
    #[track_caller]
    pub fn copy_from(
        &mut self,
        stage: impl IntoStage,
        sources: impl IntoSources,
        destination: impl IntoLayerPath,
    ) -> &mut Self {
        self.instruction(CopyFiles::from_stage(stage, sources, destination))
    }

    /// [`COPY --from=`](CopyFiles) an image, or a named build context.
    #[track_caller]
    pub fn copy_from_image(
        &mut self,
        image: impl LayerText,
        sources: impl IntoSources,
        destination: impl IntoLayerPath,
    ) -> &mut Self {
        self.instruction(CopyFiles::from_image(image, sources, destination))
    }

    /// [`ADD`](Add) from the build context; an archive is unpacked.
    #[track_caller]
    pub fn add(&mut self, sources: impl IntoSources, destination: impl IntoLayerPath) -> &mut Self {
        self.instruction(Add::new(sources, destination))
    }

    /// [`ADD`](Add) of a git repository, ended by [`to`](Remote::to). BuildKit itself clones it: the token is in no step.
    ///
    /// ```
    /// # use dockerfile_dsl::{Secret, Stage};
    /// # const GITHUB_TOKEN: Secret = Secret::env("GITHUB_TOKEN");
    /// Stage::from_image("debian").add_git("https://github.com/acme/private.git").token(GITHUB_TOKEN).to("/src");
    /// ```
    pub fn add_git(&mut self, url: impl LayerText) -> Remote<'_> {
        Remote {
            add: Add::git(url, Text::literal(".")),
            stage: self,
        }
    }

    /// [`ADD`](Add) of a download, ended by [`to`](Remote::to). BuildKit itself makes the request: the token is in no step.
    pub fn add_http(&mut self, url: impl LayerText) -> Remote<'_> {
        Remote {
            add: Add::http(url, Text::literal(".")),
            stage: self,
        }
    }

    /// [`ENV`](Env)
    #[track_caller]
    pub fn env(&mut self, key: impl LayerText, value: impl LayerValue) -> &mut Self {
        self.instruction(Env::new(key, value))
    }

    /// [`LABEL`](Label)
    #[track_caller]
    pub fn label(&mut self, key: impl LayerText, value: impl LayerValue) -> &mut Self {
        self.instruction(Label::new(key, value))
    }

    /// [`ARG`](Arg) without a default.
    #[track_caller]
    pub fn arg(&mut self, name: impl LayerText) -> &mut Self {
        self.instruction(Arg::new(name))
    }

    /// [`ARG`](Arg) with a default.
    #[track_caller]
    pub fn arg_or(&mut self, name: impl LayerText, default: impl LayerValue) -> &mut Self {
        self.instruction(Arg::new(name).default(default))
    }

    /// [`WORKDIR`](Workdir)
    #[track_caller]
    pub fn workdir(&mut self, directory: impl IntoLayerPath) -> &mut Self {
        self.instruction(Workdir::new(directory))
    }

    /// [`USER`](User): `user[:group]`, names or numbers.
    #[track_caller]
    pub fn user(&mut self, user: impl LayerValue) -> &mut Self {
        self.instruction(User::new(user))
    }

    /// [`EXPOSE`](Expose): a port or a range, with `/udp` or `/sctp` if it is not TCP.
    #[track_caller]
    pub fn expose(&mut self, port: impl LayerValue) -> &mut Self {
        self.instruction(Expose::new(port))
    }

    /// [`VOLUME`](Volume)
    #[track_caller]
    pub fn volume(&mut self, path: impl IntoLayerPath) -> &mut Self {
        self.instruction(Volume::new(path))
    }

    /// [`CMD`](Cmd), once in a stage.
    #[track_caller]
    pub fn cmd(&mut self, command: impl IntoCommand) -> &mut Self {
        self.instruction(Cmd::new(command))
    }

    /// [`ENTRYPOINT`](Entrypoint), once in a stage.
    #[track_caller]
    pub fn entrypoint(&mut self, command: impl IntoCommand) -> &mut Self {
        self.instruction(Entrypoint::new(command))
    }

    /// [`HEALTHCHECK`](Healthcheck) without flags, once in a stage.
    #[track_caller]
    pub fn healthcheck(&mut self, command: impl IntoCommand) -> &mut Self {
        self.instruction(Healthcheck::new(command))
    }

    /// [`SHELL`](Shell)
    #[track_caller]
    pub fn shell<T: LayerText>(&mut self, arguments: impl IntoIterator<Item = T>) -> &mut Self {
        self.instruction(Shell::new(arguments))
    }

    /// [`STOPSIGNAL`](Stopsignal)
    #[track_caller]
    pub fn stopsignal(&mut self, signal: impl LayerValue) -> &mut Self {
        self.instruction(Stopsignal::new(signal))
    }

    /// [`ONBUILD`](Onbuild)
    #[track_caller]
    pub fn onbuild(&mut self, instruction: impl Into<Instruction>) -> &mut Self {
        self.instruction(Onbuild::new(instruction))
    }
}

/// A download or a repository on its way into a stage: [`to`](Self::to) says where.
#[derive(Debug)]
#[must_use = "nothing is added before `.to(path)`"]
pub struct Remote<'a> {
    stage: &'a mut StageBuilder,
    add: Add,
}

impl<'a> Remote<'a> {
    /// The token that the server asks for: see [`Add::token`].
    pub fn token(mut self, secret: Secret) -> Self {
        self.add = self.add.token(secret);
        self
    }

    /// The token of a git server, with this user name: see [`Add::token_of`].
    pub fn token_of(mut self, user: impl Into<String>, secret: Secret) -> Self {
        self.add = self.add.token_of(user, secret);
        self
    }

    /// The whole `Authorization` header: see [`Add::header`].
    pub fn header(mut self, secret: Secret) -> Self {
        self.add = self.add.header(secret);
        self
    }

    /// `--checksum=`: see [`Add::checksum`].
    pub fn checksum(mut self, checksum: impl LayerValue) -> Self {
        self.add = self.add.checksum(checksum);
        self
    }

    /// Adds it there. For the other flags write [`Add::git`] or [`Add::http`] and [`StageBuilder::instruction`].
    #[track_caller]
    pub fn to(self, destination: impl IntoLayerPath) -> &'a mut StageBuilder {
        self.stage.instruction(self.add.to(destination.into_path()))
    }
}
