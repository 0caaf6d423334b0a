//! The command line that builds a [`Dockerfile`], with exactly the secrets that it needs.
//!
//! In: a checked Dockerfile and the options of the build (tags, context, build arguments). Out: an argument list
//! ([`BuildCommand::argv`]), a line for a shell ([`BuildCommand::shell`]), or, with the feature `run`, a process
//! ([`BuildCommand::to_command`], [`BuildCommand::run`]). Invariant: a secret is its id and its source. Its value is read only by
//! [`BuildCommand::preflight`], which compares it with the text and forgets it, and by a run that passes it to the builder.

use std::fmt;

use crate::Dockerfile;
use crate::masked_debug::masked_debug;

mod plan;
mod reachable;

mod argument;
mod argv;
mod program;

mod build_tool;
mod buildctl;
mod docker;
mod kaniko;
mod nerdctl;
mod podman;

mod in_context;
mod node;
mod yaml;

mod bake;
mod compose;
mod github;
mod gitlab;

mod portability;

mod carried;
#[cfg(feature = "run")]
mod hand_over;
mod image_name;
#[cfg(feature = "run")]
mod mask;
#[cfg(feature = "run")]
mod process;

pub(crate) use argument::home;
pub(crate) use argument::quote_command;
pub use bake::Bake;
pub use build_tool::BuildTool;
#[cfg(feature = "run")]
pub(crate) use carried::Carried;
pub(crate) use carried::{HandOver, ShellValue};
pub use compose::Compose;
pub use github::GithubStep;
pub use gitlab::GitlabJob;
#[cfg(feature = "verify")]
pub(crate) use hand_over::{Carrier, Values};
#[cfg(feature = "verify")]
pub(crate) use image_name::check as check_image_name;
pub use portability::Difference;

/// The build of one Dockerfile by one of the [tools](BuildTool); `docker build` by default.
///
/// Methods mirror the flags. A value that a flag cannot carry is an error of the method that returns the command, not of the
/// setter.
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};
/// # const TOKEN: Secret = Secret::env("TOKEN");
/// # let stage = Stage::from_image("debian").run(sh!("curl -fsS -H @{TOKEN} https://example.com -o /srv/x")).build();
/// # let image = Dockerfile::from_stage(&stage)?;
/// let mut command = image.build_command();
/// command.tag("registry.example.com/app:1").platform("linux/arm64");
/// assert_eq!(
///     command.shell()?,
///     "docker build --secret id=TOKEN,env=TOKEN --platform linux/arm64 --tag registry.example.com/app:1 .",
/// );
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
#[derive(Clone)]
pub struct BuildCommand {
    pub(crate) dockerfile: Dockerfile,
    pub(crate) tool: BuildTool,
    pub(crate) context: String,
    pub(crate) file: Option<String>,
    /// Whether the Dockerfile is beside the script that contains the line.
    pub(crate) is_beside_script: bool,
    pub(crate) target: Option<String>,
    pub(crate) fresh_secrets: bool,
    pub(crate) builder: Option<String>,
    /// Ids of secrets that are not passed: they are optional and have no value.
    pub(crate) left_out: Vec<String>,
    /// Secrets that are not passed by their source, by id.
    pub(crate) handed_over: Vec<(String, HandOver)>,
    ssh: Vec<(String, Vec<String>)>,
    build_args: Vec<(String, Option<String>)>,
    build_contexts: Vec<(String, String)>,
    platforms: Vec<String>,
    pub(crate) tags: Vec<String>,
    labels: Vec<(String, String)>,
    pub(crate) outputs: Vec<String>,
    pub(crate) no_cache_filter: Vec<String>,
    progress: Option<Progress>,
    network: Option<BuildNetwork>,
}

masked_debug!(BuildCommand {
    dockerfile, tool, context, file, is_beside_script, target, fresh_secrets, builder, left_out,
    handed_over, ssh, build_contexts, platforms, tags, labels, outputs, no_cache_filter, progress,
    network; build_args
});

/// `--progress`: how the build log is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Progress {
    /// `auto`
    Auto,
    /// `plain`
    Plain,
    /// `tty`
    Tty,
    /// `quiet` (Buildx)
    Quiet,
    /// `rawjson` (Buildx)
    RawJson,
}

/// `--network` of the whole build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BuildNetwork {
    /// `default`
    Default,
    /// `none`
    None,
    /// `host`
    Host,
}

impl Dockerfile {
    /// Returns the build command, with exactly the secrets that the file mounts or that one of its `ADD`s uses.
    #[must_use]
    pub fn build_command(&self) -> BuildCommand {
        BuildCommand {
            dockerfile: self.clone(),
            tool: BuildTool::default(),
            context: ".".to_owned(),
            file: None,
            is_beside_script: false,
            target: None,
            fresh_secrets: false,
            builder: None,
            left_out: Vec::new(),
            handed_over: Vec::new(),
            ssh: Vec::new(),
            build_args: Vec::new(),
            build_contexts: Vec::new(),
            platforms: Vec::new(),
            tags: Vec::new(),
            labels: Vec::new(),
            outputs: Vec::new(),
            no_cache_filter: Vec::new(),
            progress: None,
            network: None,
        }
    }
}

impl BuildCommand {
    /// Selects another tool than the current `docker build`.
    ///
    /// ```
    /// use dockerfile_dsl::BuildTool;
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// # let image = Dockerfile::from_stage(&Stage::from_image("debian").build())?;
    /// let command = image.build_command().tool(BuildTool::Podman).tag("app").shell()?;
    /// assert_eq!(command, "podman build --tag app .");
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    pub fn tool(&mut self, tool: BuildTool) -> &mut Self {
        self.tool = tool;
        self
    }

    /// `--builder`: a builder created by `docker buildx create`, of any driver.
    pub fn builder(&mut self, name: impl Into<String>) -> &mut Self {
        self.builder = Some(name.into());
        self
    }

    /// The build context: a directory, a URL, or `-` for an empty one with the Dockerfile on standard input. By default `.`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// # let image = Dockerfile::from_stage(&Stage::from_image("debian").build())?;
    /// let command = image.build_command().context("server").file("docker/server.Dockerfile").shell()?;
    /// assert_eq!(command, "docker build --file docker/server.Dockerfile server");
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    pub fn context(&mut self, context: impl Into<String>) -> &mut Self {
        self.context = context.into();
        self
    }

    /// `--file`: path of the rendered text, or `-` for standard input. By default `Dockerfile` in the context. A file with another
    /// text is a warning of `preflight`, and `run` reports it.
    pub fn file(&mut self, file: impl Into<String>) -> &mut Self {
        self.file = Some(file.into());
        self
    }

    /// `--target`: build up to this stage. Only the secrets that it needs are passed.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// # let base = Stage::from_image("debian").named("base").build();
    /// # let image = Dockerfile::from_stage(&Stage::from_stage(&base).build())?;
    /// assert_eq!(image.build_command().target("base").shell()?, "docker build --target base .");
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    pub fn target(&mut self, stage: impl Into<String>) -> &mut Self {
        self.target = Some(stage.into());
        self
    }

    /// `--tag`: a name for the image.
    pub fn tag(&mut self, tag: impl Into<String>) -> &mut Self {
        self.tags.push(tag.into());
        self
    }

    /// `--label`.
    pub fn label(&mut self, key: impl Into<String>, value: impl Into<String>) -> &mut Self {
        self.labels.push((key.into(), value.into()));
        self
    }

    /// `--platform`, such as `linux/arm64`.
    pub fn platform(&mut self, platform: impl Into<String>) -> &mut Self {
        self.platforms.push(platform.into());
        self
    }

    /// `--build-arg NAME=VALUE`. The value is kept in the image's history: it must not be a secret, nor come from one.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// # let stage = Stage::from_image("debian").arg("VERSION").arg("COMMIT").build();
    /// # let image = Dockerfile::from_stage(&stage)?;
    /// let mut command = image.build_command();
    /// command.build_arg("VERSION", "1.4").build_arg_from_env("COMMIT");
    /// assert_eq!(command.shell()?, "docker build --build-arg VERSION=1.4 --build-arg COMMIT .");
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    pub fn build_arg(&mut self, name: impl Into<String>, value: impl Into<String>) -> &mut Self {
        self.build_args.push((name.into(), Some(value.into())));
        self
    }

    /// `--build-arg NAME`: the value of the environment variable of that name at the time of the build.
    pub fn build_arg_from_env(&mut self, name: impl Into<String>) -> &mut Self {
        self.build_args.push((name.into(), None));
        self
    }

    /// `--build-context NAME=SOURCE`: a directory, `docker-image://..`, or a URL, to copy and mount from by name.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// let stage = Stage::from_image("debian").copy_from_image("config", "app.toml", "/etc/").build();
    /// let image = Dockerfile::from_stage(&stage)?;
    /// let command = image.build_command().build_context("config", "../config").shell()?;
    /// assert_eq!(command, "docker build --build-context config=../config .");
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    pub fn build_context(
        &mut self,
        name: impl Into<String>,
        source: impl Into<String>,
    ) -> &mut Self {
        self.build_contexts.push((name.into(), source.into()));
        self
    }

    /// `--ssh ID=PATH[,PATH]`: the sockets or keys for an id that a step mounts. Without it the agent of `$SSH_AUTH_SOCK` is passed.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage, instructions::Run, mounts::SshMount};
    /// let clone = Run::exec(["git", "clone", "git@example.com:acme/app.git"]).mount(SshMount::new());
    /// let image = Dockerfile::from_stage(&Stage::from_image("alpine/git").run(clone).build())?;
    /// assert_eq!(image.build_command().shell()?, "docker build --ssh default .");
    /// let command = image.build_command().ssh("default", ["~/.ssh/deploy_key"]).shell()?;
    /// assert_eq!(command, "docker build --ssh default=\"$HOME\"/.ssh/deploy_key .");
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    pub fn ssh<P: Into<String>>(
        &mut self,
        id: impl Into<String>,
        paths: impl IntoIterator<Item = P>,
    ) -> &mut Self {
        self.ssh
            .push((id.into(), paths.into_iter().map(Into::into).collect()));
        self
    }

    /// `--output`, such as `type=local,dest=out`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// # let image = Dockerfile::from_stage(&Stage::from_image("debian").build())?;
    /// let command = image.build_command().output("type=local,dest=out").shell()?;
    /// assert_eq!(command, "docker build --output type=local,dest=out .");
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    pub fn output(&mut self, output: impl Into<String>) -> &mut Self {
        self.outputs.push(output.into());
        self
    }

    /// `--no-cache-filter`: do not take this stage from the cache.
    pub fn no_cache_filter(&mut self, stage: impl Into<String>) -> &mut Self {
        self.no_cache_filter.push(stage.into());
        self
    }

    /// `--progress`.
    pub fn progress(&mut self, progress: Progress) -> &mut Self {
        self.progress = Some(progress);
        self
    }

    /// `--network`.
    pub fn network(&mut self, network: BuildNetwork) -> &mut Self {
        self.network = Some(network);
        self
    }

    /// Excludes steps that get secrets from the cache, by `--no-cache-filter` of their stages, or by `--no-cache` if a stage has
    /// no name or the tool lacks that flag. BuildKit's cache ignores a secret's value: a step that ran with an old or empty value
    /// would be reused.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};
    /// # const TOKEN: Secret = Secret::env("TOKEN");
    /// # let stage = Stage::from_image("debian").run(sh!("curl -fsS -H @{TOKEN} https://example.com -o /srv/x")).build();
    /// # let image = Dockerfile::from_stage(&stage)?;
    /// let command = image.build_command().fresh_secrets().shell()?;
    /// assert_eq!(command, "docker build --secret id=TOKEN,env=TOKEN --no-cache .");
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    pub fn fresh_secrets(&mut self) -> &mut Self {
        self.fresh_secrets = true;
        self
    }

    /// Returns the Dockerfile that it builds.
    #[must_use]
    pub fn dockerfile(&self) -> &Dockerfile {
        &self.dockerfile
    }

    pub(crate) fn is_left_out(&self, id: &str) -> bool {
        self.left_out.iter().any(|left_out| left_out == id)
    }

    /// Whether the Dockerfile goes to the standard input of the process.
    #[cfg(feature = "run")]
    pub(crate) fn reads_stdin(&self) -> bool {
        self.file.as_deref() == Some("-") || self.context == "-"
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Plain => "plain",
            Self::Tty => "tty",
            Self::Quiet => "quiet",
            Self::RawJson => "rawjson",
        })
    }
}

impl fmt::Display for BuildNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default",
            Self::None => "none",
            Self::Host => "host",
        })
    }
}
