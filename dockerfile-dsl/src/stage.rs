//! Stages as values: a FROM with the instructions up to the next FROM.
//!
//! In: a base, and instructions through `&mut` methods, as on `std::process::Command`. Out: a frozen [`Stage`] that others copy from
//! and that can be read.
//! Invariant: only a frozen stage can be referred to, which excludes forward references, cycles and stages of another file.
//!
//! One file, because half of its lines are examples: one for each method of the builder.

use std::sync::Arc;

use crate::Secret;
use crate::danger::Decision;
use crate::instruction::{
    Add, Arg, Cmd, CopyFiles, Entrypoint, Env, Expose, Healthcheck, Instruction, IntoCommand,
    IntoScript, IntoSources, Label, Onbuild, Origin, Run, Shell, Stopsignal, User, Volume, Workdir,
};
use crate::masked_debug::masked_debug;
use crate::rust_place::RustPlace;
use crate::text::{IntoLayerPath, LayerText, LayerValue, Sealed, Text};

/// A complete stage. It is cheap to clone, and equal to a stage with the same instructions.
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

#[derive(Clone, PartialEq, Eq)]
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

masked_debug!(Content {
    base,
    platform,
    name,
    above,
    steps,
    loose
});

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
    /// Returns the number of stages below it.
    pub(crate) fn depth(&self) -> usize {
        self.0.depth
    }

    /// Starts from an image: `debian:bookworm-slim`, also with variables of global build arguments.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage, expand, instructions::Arg};
    /// let pinned = Stage::from_image("debian:bookworm-slim").build();
    /// assert_eq!(Dockerfile::from_stage(&pinned)?.as_str(), "FROM debian:bookworm-slim\n");
    ///
    /// let node = Stage::from_image(expand("node:$NODE")).build();
    /// let image = Dockerfile::settings().global_arg(Arg::new("NODE").default("22")).dockerfile(&node)?;
    /// assert!(image.as_str().ends_with("FROM node:$NODE\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// In [`dockerfile!`](crate::dockerfile): `FROM "debian:bookworm-slim"`.
    #[must_use]
    #[track_caller]
    pub fn from_image(image: impl LayerValue) -> StageBuilder {
        StageBuilder::new(Base::Image(image.into_text()))
    }

    /// Starts from another stage of the same file.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// let base = Stage::from_image("node:22").named("base").workdir("/app").build();
    /// let test = Stage::from_stage(&base).cmd(["npm", "test"]).build();
    /// assert!(Dockerfile::from_stage(&test)?.as_str().contains("\nFROM base\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// In [`dockerfile!`](crate::dockerfile): `FROM base`.
    #[must_use]
    #[track_caller]
    pub fn from_stage(stage: impl IntoStage) -> StageBuilder {
        StageBuilder::new(Base::Stage(stage.into_stage()))
    }

    /// Starts from nothing: [`FROM scratch`](https://docs.docker.com/build/building/base-images/#create-a-minimal-base-image-using-scratch).
    ///
    /// In [`dockerfile!`](crate::dockerfile): `FROM scratch`.
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

    /// The name, if it is set.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// What it starts from.
    #[must_use]
    pub fn base(&self) -> &Base {
        &self.0.base
    }

    /// `--platform`, if it is set.
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

/// A stage in the making. Each method adds one instruction; [`build`](Self::build) returns the stage with those so far.
///
/// A method has the name of its instruction in small letters, and so has its flag. The instructions with more flags are types in
/// [`instructions`](crate::instructions), for [`instruction`](Self::instruction). [`dockerfile!`](crate::dockerfile) has the same
/// instructions in the spelling of a Dockerfile; the two are equal:
///
/// ```
/// use dockerfile_dsl::{Dockerfile, Stage, dockerfile, sh};
///
/// let build = Stage::from_image("rust:1.95")
///     .named("build")
///     .workdir("/src")
///     .copy(".", "./")
///     .run(sh!("cargo build --release"))
///     .build();
/// let app = Stage::scratch().copy_from(&build, "/src/target/release/app", "/app").cmd(["/app"]).build();
///
/// let same = dockerfile! {
///     FROM "rust:1.95" AS build
///     WORKDIR "/src"
///     COPY "." "./"
///     RUN "cargo build --release"
///
///     FROM scratch
///     COPY --from=build "/src/target/release/app" "/app"
///     CMD ["/app"]
/// }?;
/// assert_eq!(Dockerfile::from_stage(&app)?, same);
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
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

    /// `AS name`: for `--target`, for the build log, and for other stages. A stage that others refer to, and that has no name, gets `stage-N`.
    ///
    /// In [`dockerfile!`](crate::dockerfile): `FROM "rust:1.95" AS build`.
    ///
    /// ```
    /// # use dockerfile_dsl::Stage;
    /// let build = Stage::from_image("rust:1.95").named("build").build();
    /// assert_eq!(build.name(), Some("build"));
    /// ```
    pub fn named(&mut self, name: impl LayerText) -> &mut Self {
        self.content.name = Some(name.into_string());
        self
    }

    /// [`--platform=`](https://docs.docker.com/reference/dockerfile/#from): as in `linux/arm64`, or `expand("$BUILDPLATFORM")`.
    ///
    /// In [`dockerfile!`](crate::dockerfile): `FROM --platform="$BUILDPLATFORM" "golang:1.24"`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage, expand};
    /// let mut stage = Stage::from_image("golang:1.24");
    /// stage.platform(expand("$BUILDPLATFORM"));
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("FROM --platform=$BUILDPLATFORM golang:1.24\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    pub fn platform(&mut self, platform: impl LayerValue) -> &mut Self {
        self.content.platform = Some(platform.into_text());
        self
    }

    /// Returns the stage with the instructions so far. The builder stays usable: later instructions are part of the next stage that it builds.
    ///
    /// ```
    /// # use dockerfile_dsl::Stage;
    /// let mut builder = Stage::from_image("debian");
    /// let first = builder.user("app").build();
    /// let second = builder.workdir("/app").build();
    /// assert_eq!((first.instructions().len(), second.instructions().len()), (1, 2));
    /// ```
    #[must_use]
    pub fn build(&self) -> Stage {
        Stage::of(self.content.clone())
    }

    /// Any instruction, with all its flags.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage, instructions::CopyFiles};
    /// let mut stage = Stage::from_image("debian");
    /// stage.instruction(CopyFiles::new("app", "/app").chmod("755").link());
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("COPY --chmod=755 --link app /app\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
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
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// let mut stage = Stage::from_image("debian");
    /// stage.comment("the health check needs it").user("app");
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("\n# the health check needs it\nUSER app\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
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
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// let mut stage = Stage::from_image("debian");
    /// stage.check("skip=StageNameCasing").user("app");
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("\n# check=skip=StageNameCasing\nUSER app\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
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
    ///
    /// In [`dockerfile!`](crate::dockerfile): `RUN "make install"`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Secret, Stage, sh};
    /// # const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");
    /// let mut stage = Stage::from_image("node:22");
    /// stage.run(sh!("NPM_CONFIG_USERCONFIG={NPMRC} npm ci"));
    /// let image = Dockerfile::from_stage(&stage.build())?;
    /// assert_eq!(image.secrets()[0].id(), "npmrc");
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[track_caller]
    pub fn run(&mut self, script: impl IntoScript) -> &mut Self {
        self.instruction(script.into_run())
    }

    /// [`RUN`](Run) in exec form: a program and its arguments.
    ///
    /// In [`dockerfile!`](crate::dockerfile): `RUN ["/app", "--migrate"]`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// let mut stage = Stage::from_image("acme/app:1");
    /// stage.run_exec(["/app", "--migrate"]);
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("RUN [\"/app\", \"--migrate\"]\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[track_caller]
    pub fn run_exec<T: LayerText>(&mut self, arguments: impl IntoIterator<Item = T>) -> &mut Self {
        self.instruction(Run::exec(arguments))
    }

    /// [`COPY`](CopyFiles) from the build context.
    ///
    /// In [`dockerfile!`](crate::dockerfile): `COPY "src" "/src/"`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// let mut stage = Stage::from_image("debian");
    /// stage.copy(["package.json", "package-lock.json"], "/app/");
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("COPY package.json package-lock.json /app/\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[track_caller]
    pub fn copy(
        &mut self,
        sources: impl IntoSources,
        destination: impl IntoLayerPath,
    ) -> &mut Self {
        self.instruction(CopyFiles::new(sources, destination))
    }

    /// [`COPY --from=`](CopyFiles) another stage.
    ///
    /// In [`dockerfile!`](crate::dockerfile): `COPY --from=build "/src/app" "/app"`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// let build = Stage::from_image("rust:1.95").named("build").build();
    /// let mut stage = Stage::scratch();
    /// stage.copy_from(&build, "/src/app", "/app");
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("COPY --from=build /src/app /app\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
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
    ///
    /// In [`dockerfile!`](crate::dockerfile): `COPY --from="ghcr.io/astral-sh/uv:0.8" "/uv" "/bin/"`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// let mut stage = Stage::from_image("python:3.13-slim");
    /// stage.copy_from_image("ghcr.io/astral-sh/uv:0.8", "/uv", "/bin/");
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("COPY --from=ghcr.io/astral-sh/uv:0.8 /uv /bin/\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
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
    ///
    /// In [`dockerfile!`](crate::dockerfile): `ADD "rootfs.tar.xz" "/"`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// let mut stage = Stage::scratch();
    /// stage.add("rootfs.tar.xz", "/");
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("ADD rootfs.tar.xz /\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
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
    ///
    /// In [`dockerfile!`](crate::dockerfile): `ADD [token GITHUB_TOKEN] "https://github.com/acme/private.git" "/src"`.
    pub fn add_git(&mut self, url: impl LayerText) -> Remote<'_> {
        Remote {
            add: Add::git(url, Text::literal(".")),
            stage: self,
        }
    }

    /// [`ADD`](Add) of a download, ended by [`to`](Remote::to). BuildKit itself makes the request: the token is in no step.
    ///
    /// In [`dockerfile!`](crate::dockerfile): `ADD --checksum="sha256:.." "https://example.com/tool.tgz" "/opt/"`.
    ///
    /// ```
    /// # use dockerfile_dsl::Stage;
    /// let mut stage = Stage::from_image("debian");
    /// let digest = "sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d";
    /// stage.add_http("https://example.com/tool.tgz").checksum(digest).to("/opt/");
    /// ```
    pub fn add_http(&mut self, url: impl LayerText) -> Remote<'_> {
        Remote {
            add: Add::http(url, Text::literal(".")),
            stage: self,
        }
    }

    /// [`ENV`](Env)
    ///
    /// In [`dockerfile!`](crate::dockerfile): `ENV LANG = "C.UTF-8"`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage, expand};
    /// let mut stage = Stage::from_image("debian");
    /// stage.env("LANG", "C.UTF-8").env("PATH", expand("/app/bin:$PATH"));
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("ENV LANG=\"C.UTF-8\"\nENV PATH=\"/app/bin:$PATH\"\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[track_caller]
    pub fn env(&mut self, key: impl LayerText, value: impl LayerValue) -> &mut Self {
        self.instruction(Env::new(key, value))
    }

    /// [`LABEL`](Label)
    ///
    /// In [`dockerfile!`](crate::dockerfile): `LABEL org.opencontainers.image.source = "https://github.com/acme/app"`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// let mut stage = Stage::from_image("debian");
    /// stage.label("org.opencontainers.image.source", "https://github.com/acme/app");
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("LABEL org.opencontainers.image.source=\"https://github.com/acme/app\"\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[track_caller]
    pub fn label(&mut self, key: impl LayerText, value: impl LayerValue) -> &mut Self {
        self.instruction(Label::new(key, value))
    }

    /// [`ARG`](Arg) without a default.
    ///
    /// In [`dockerfile!`](crate::dockerfile): `ARG VERSION`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// let stage = Stage::from_image("debian").arg("VERSION").build();
    /// let image = Dockerfile::from_stage(&stage)?;
    /// let command = image.build_command().build_arg("VERSION", "1.4").shell()?;
    /// assert!(command.contains("--build-arg VERSION=1.4"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[track_caller]
    pub fn arg(&mut self, name: impl LayerText) -> &mut Self {
        self.instruction(Arg::new(name))
    }

    /// [`ARG`](Arg) with a default.
    ///
    /// In [`dockerfile!`](crate::dockerfile): `ARG VERSION = "1.4"`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// let mut stage = Stage::from_image("debian");
    /// stage.arg_or("VERSION", "1.4");
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("ARG VERSION=\"1.4\"\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[track_caller]
    pub fn arg_or(&mut self, name: impl LayerText, default: impl LayerValue) -> &mut Self {
        self.instruction(Arg::new(name).default(default))
    }

    /// [`WORKDIR`](Workdir)
    ///
    /// In [`dockerfile!`](crate::dockerfile): `WORKDIR "/src"`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// let mut stage = Stage::from_image("debian");
    /// stage.workdir("/src");
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("WORKDIR /src\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[track_caller]
    pub fn workdir(&mut self, directory: impl IntoLayerPath) -> &mut Self {
        self.instruction(Workdir::new(directory))
    }

    /// [`USER`](User): `user[:group]`, names or numbers.
    ///
    /// In [`dockerfile!`](crate::dockerfile): `USER "app:app"`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// let mut stage = Stage::from_image("debian");
    /// stage.user("1000:1000");
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("USER 1000:1000\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[track_caller]
    pub fn user(&mut self, user: impl LayerValue) -> &mut Self {
        self.instruction(User::new(user))
    }

    /// [`EXPOSE`](Expose): a port or a range, with `/udp` or `/sctp` if it is not TCP.
    ///
    /// In [`dockerfile!`](crate::dockerfile): `EXPOSE 443/tcp`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// let mut stage = Stage::from_image("debian");
    /// stage.expose(8080).expose("53/udp");
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("EXPOSE 8080\nEXPOSE 53/udp\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[track_caller]
    pub fn expose(&mut self, port: impl LayerValue) -> &mut Self {
        self.instruction(Expose::new(port))
    }

    /// [`VOLUME`](Volume)
    ///
    /// In [`dockerfile!`](crate::dockerfile): `VOLUME "/data"`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// let mut stage = Stage::from_image("postgres:17");
    /// stage.volume("/data");
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("VOLUME /data\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[track_caller]
    pub fn volume(&mut self, path: impl IntoLayerPath) -> &mut Self {
        self.instruction(Volume::new(path))
    }

    /// [`CMD`](Cmd), once in a stage.
    ///
    /// In [`dockerfile!`](crate::dockerfile): `CMD ["/server"]`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage, shell_form};
    /// let mut stage = Stage::from_image("debian");
    /// stage.cmd(["/server", "--port", "8080"]);
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("CMD [\"/server\", \"--port\", \"8080\"]\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[track_caller]
    pub fn cmd(&mut self, command: impl IntoCommand) -> &mut Self {
        self.instruction(Cmd::new(command))
    }

    /// [`ENTRYPOINT`](Entrypoint), once in a stage.
    ///
    /// In [`dockerfile!`](crate::dockerfile): `ENTRYPOINT ["/sbin/tini", "--"]`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// let mut stage = Stage::from_image("debian");
    /// stage.entrypoint(["/sbin/tini", "--"]).cmd(["/server"]);
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("ENTRYPOINT [\"/sbin/tini\", \"--\"]\nCMD [\"/server\"]\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[track_caller]
    pub fn entrypoint(&mut self, command: impl IntoCommand) -> &mut Self {
        self.instruction(Entrypoint::new(command))
    }

    /// [`HEALTHCHECK`](Healthcheck) without flags, once in a stage.
    ///
    /// In [`dockerfile!`](crate::dockerfile): `HEALTHCHECK CMD ["/server", "--probe"]`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// let mut stage = Stage::from_image("debian");
    /// stage.healthcheck(["/server", "--probe"]);
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("HEALTHCHECK CMD [\"/server\", \"--probe\"]\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[track_caller]
    pub fn healthcheck(&mut self, command: impl IntoCommand) -> &mut Self {
        self.instruction(Healthcheck::new(command))
    }

    /// [`SHELL`](Shell)
    ///
    /// In [`dockerfile!`](crate::dockerfile): `SHELL ["/bin/bash", "-o", "pipefail", "-c"]`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// let mut stage = Stage::from_image("debian");
    /// stage.shell(["/bin/bash", "-o", "pipefail", "-c"]);
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[track_caller]
    pub fn shell<T: LayerText>(&mut self, arguments: impl IntoIterator<Item = T>) -> &mut Self {
        self.instruction(Shell::new(arguments))
    }

    /// [`STOPSIGNAL`](Stopsignal)
    ///
    /// In [`dockerfile!`](crate::dockerfile): `STOPSIGNAL SIGTERM`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// let mut stage = Stage::from_image("nginx:1.29");
    /// stage.stopsignal("SIGQUIT");
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("STOPSIGNAL SIGQUIT\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[track_caller]
    pub fn stopsignal(&mut self, signal: impl LayerValue) -> &mut Self {
        self.instruction(Stopsignal::new(signal))
    }

    /// [`ONBUILD`](Onbuild)
    ///
    /// In [`dockerfile!`](crate::dockerfile): `ONBUILD RUN "make"`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage, instructions::CopyFiles};
    /// let mut stage = Stage::from_image("node:22");
    /// stage.onbuild(CopyFiles::new(".", "/app/"));
    /// assert!(Dockerfile::from_stage(&stage.build())?.as_str().ends_with("ONBUILD COPY . /app/\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[track_caller]
    pub fn onbuild(&mut self, instruction: impl Into<Instruction>) -> &mut Self {
        self.instruction(Onbuild::new(instruction))
    }
}

/// A download or a repository for a stage. [`to`](Self::to) sets its destination and adds it.
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
