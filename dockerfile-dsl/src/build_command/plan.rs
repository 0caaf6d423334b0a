//! A build before it is written for a tool, with the checks that apply to all tools.
//!
//! In: a [`BuildCommand`]. Out: a [`Plan`] of plain facts, in the order of their flags, which each tool writes in its own syntax.
//! Invariant: each value of a plan is one line without a NUL if a flag or a list would end there, and a secret is its id and its
//! source.

use super::carried::Carried;
use super::{BuildCommand, BuildNetwork, Progress, image_name};
use crate::facts::Delivery;
use crate::{Dockerfile, Error, SecretSource};

/// Build arguments that BuildKit accepts without an `ARG`.
const PREDEFINED: &[&str] = &[
    "BUILDARCH",
    "BUILDKIT_BUILD_NAME",
    "BUILDKIT_CACHE_MOUNT_NS",
    "BUILDKIT_CONTEXT_KEEP_GIT_DIR",
    "BUILDKIT_DOCKERFILE_CHECK",
    "BUILDKIT_INLINE_CACHE",
    "BUILDKIT_MULTI_PLATFORM",
    "BUILDKIT_SANDBOX_HOSTNAME",
    "BUILDKIT_SBOM_SCAN_CONTEXT",
    "BUILDKIT_SBOM_SCAN_STAGE",
    "BUILDKIT_SYNTAX",
    "BUILDOS",
    "BUILDOSVERSION",
    "BUILDPLATFORM",
    "BUILDVARIANT",
    "SOURCE_DATE_EPOCH",
    "TARGETARCH",
    "TARGETOS",
    "TARGETOSVERSION",
    "TARGETPLATFORM",
    "TARGETSTAGE",
    "TARGETVARIANT",
];

const PROXIES: &[&str] = &[
    "http_proxy",
    "https_proxy",
    "ftp_proxy",
    "no_proxy",
    "all_proxy",
];

/// All settings for a tool.
#[derive(Debug, Clone)]
pub(crate) struct Plan<'a> {
    pub(super) dockerfile: &'a Dockerfile,
    pub(super) builder: Option<&'a str>,
    /// Secrets by id.
    pub(super) secrets: Vec<(&'a str, Carried<'a>)>,
    /// The ids that steps mount, with the sockets or keys for them; an empty list means the agent of `$SSH_AUTH_SOCK`.
    pub(super) ssh: Vec<(&'a str, Vec<&'a str>)>,
    /// Build arguments; one without a value takes that of the environment variable of the same name.
    pub(super) build_args: Vec<(&'a str, Option<&'a str>)>,
    pub(super) build_contexts: Vec<(&'a str, &'a str)>,
    pub(super) target: Option<&'a str>,
    pub(super) platforms: Vec<&'a str>,
    pub(super) tags: Vec<&'a str>,
    pub(super) labels: Vec<(&'a str, &'a str)>,
    pub(super) outputs: Vec<&'a str>,
    pub(super) file: Option<&'a str>,
    /// Whether the Dockerfile is beside the script that contains the line.
    pub(super) is_beside_script: bool,
    pub(super) uncached: Uncached<'a>,
    pub(super) progress: Option<Progress>,
    pub(super) network: Option<BuildNetwork>,
    pub(super) context: &'a str,
}

/// Parts that are excluded from the build cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Uncached<'a> {
    /// These stages only.
    Stages(Vec<&'a str>),
    Everything,
}

/// Capabilities of a tool.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Name of the tool, in messages.
    pub(super) tool: &'static str,
    /// Unsupported settings, with their names in messages.
    pub(super) lacks: &'static [(Setting, &'static str)],
    /// Whether BuildKit builds, which uses secrets automatically for an ADD.
    pub(super) is_buildkit: bool,
    pub(super) has_no_cache_filter: bool,
}

/// A setting that a tool may not support.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setting {
    Builder,
    Ssh,
    BuildContext,
    SecondPlatform,
    Output,
    NoCacheFilter,
    Progress,
    /// `--progress=rawjson`
    RawJson,
    /// `--progress=quiet`
    Quiet,
    Network,
    /// The Dockerfile on standard input.
    Stdin,
}

impl<'a> Plan<'a> {
    /// Returns the plan of a command, for a tool with these limits.
    pub(crate) fn new(command: &'a BuildCommand, limits: &Limits) -> Result<Self, Error> {
        check_context(command)?;
        let mut secrets = Vec::new();
        for secret in command.needed_secrets()? {
            if command.is_left_out(secret.id()) {
                continue;
            }
            let is_header = |used: &&crate::facts::SecretUse| used.delivery == Delivery::Header;
            if let (false, Some(used)) = (limits.is_buildkit, secret.uses().iter().find(is_header))
            {
                return Err(Error::new(format!(
                    "{} does not authenticate an ADD with the secret `{}` (line {}); clone or \
                     fetch in a RUN that mounts it, or use Buildx",
                    limits.tool,
                    secret.id(),
                    used.line
                )));
            }
            secrets.push((secret.id(), command.carried(secret)?));
        }
        let plan = Self {
            dockerfile: &command.dockerfile,
            builder: optional("--builder", &command.builder)?,
            secrets,
            ssh: ssh(command)?,
            build_args: build_args(command)?,
            build_contexts: build_contexts(command)?,
            target: optional("--target", &command.target)?,
            platforms: list("--platform", &command.platforms)?,
            tags: list("--tag", &command.tags)?,
            labels: labels(command)?,
            outputs: list("--output", &command.outputs)?,
            file: optional("--file", &command.file)?,
            is_beside_script: command.is_beside_script,
            uncached: uncached(command, limits),
            progress: command.progress,
            network: command.network,
            context: one_line("the context", &command.context)?,
        };
        for tag in &plan.tags {
            image_name::check(tag)?;
        }
        for (setting, name) in limits.lacks {
            if plan.has(*setting) {
                return Err(Error::new(format!(
                    "{} does not support {name}; remove it, or use Buildx",
                    limits.tool
                )));
            }
        }
        Ok(plan)
    }

    /// Whether the Dockerfile has an ARG of this name.
    pub(super) fn declares(&self, argument: &str) -> bool {
        let mut declared = self.dockerfile.arguments().iter();
        declared.any(|declared| declared.name() == argument)
    }

    /// Whether the author set it.
    fn has(&self, setting: Setting) -> bool {
        match setting {
            Setting::Builder => self.builder.is_some(),
            Setting::Ssh => !self.ssh.is_empty(),
            Setting::BuildContext => !self.build_contexts.is_empty(),
            Setting::SecondPlatform => self.platforms.len() > 1,
            Setting::Output => !self.outputs.is_empty(),
            Setting::NoCacheFilter => {
                matches!(&self.uncached, Uncached::Stages(stages) if !stages.is_empty())
            }
            Setting::Progress => self.progress.is_some(),
            Setting::RawJson => self.progress == Some(Progress::RawJson),
            Setting::Quiet => self.progress == Some(Progress::Quiet),
            Setting::Network => {
                matches!(self.network, Some(BuildNetwork::None | BuildNetwork::Host))
            }
            Setting::Stdin => self.file == Some("-") || self.context == "-",
        }
    }
}

fn check_context(command: &BuildCommand) -> Result<(), Error> {
    let message = match (command.context.as_str(), command.file.as_deref()) {
        ("-", Some("-")) => "standard input is used twice: omit --file if the context is `-`",
        ("-", Some(_)) => {
            "the context `-` takes the Dockerfile from standard input: omit --file, or name a \
             directory as context"
        }
        ("", _) => "the build context is empty; `.` is the current directory",
        _ => return Ok(()),
    };
    Err(Error::new(message))
}

/// Returns one entry for each id that a step mounts.
fn ssh(command: &BuildCommand) -> Result<Vec<(&str, Vec<&str>)>, Error> {
    let mounted = command.dockerfile.ssh();
    for (index, (id, paths)) in command.ssh.iter().enumerate() {
        let complaint = if !mounted.contains(id) {
            "no step mounts an SSH agent with this id"
        } else if command.ssh[..index].iter().any(|(other, _)| other == id) {
            "this id was given before; name all its keys in one call"
        } else if paths.iter().any(|path| path.contains(',')) {
            "a path with a comma cannot be written in --ssh; use a link without one"
        } else {
            continue;
        };
        return Err(Error::new(format!(
            "--ssh `{}`: {complaint}",
            id.escape_debug()
        )));
    }
    let mut agents = Vec::new();
    for id in mounted {
        let given = command.ssh.iter().filter(|(given, _)| given == id);
        let paths = given.flat_map(|(_, paths)| paths);
        let paths: Result<Vec<&str>, Error> = paths.map(|path| one_line("--ssh", path)).collect();
        agents.push((id.as_str(), paths?));
    }
    Ok(agents)
}

/// Returns the build arguments: each is declared in the file, and its value is public.
fn build_args(command: &BuildCommand) -> Result<Vec<(&str, Option<&str>)>, Error> {
    let mut arguments = Vec::new();
    for (name, value) in &command.build_args {
        if let Some(message) = complaint_about_build_arg(command, name, value.as_deref()) {
            return Err(Error::new(format!(
                "--build-arg `{}`: {message}",
                name.escape_debug()
            )));
        }
        let name = one_line("--build-arg", name)?;
        arguments.push((name, value.as_deref()));
    }
    Ok(arguments)
}

fn complaint_about_build_arg(
    command: &BuildCommand,
    name: &str,
    value: Option<&str>,
) -> Option<String> {
    if name.is_empty() || name.contains('=') {
        return Some("the name must not be empty or contain `=`".to_owned());
    }
    for secret in command.dockerfile.secrets() {
        if matches!(secret.source(), SecretSource::Env(variable) if variable == name) {
            return Some(format!(
                "this is the environment variable of the secret `{}`, and the values of build \
                 arguments stay in the image's history; mount the secret instead",
                secret.id()
            ));
        }
    }
    let mut declared = command.dockerfile.arguments().iter();
    let is_known = declared.any(|argument| argument.name() == name)
        || PREDEFINED.contains(&name)
        || PROXIES.contains(&name.to_ascii_lowercase().as_str());
    if !is_known {
        return Some(
            "the Dockerfile declares no such ARG, and BuildKit would ignore it silently".to_owned(),
        );
    }
    let has_nul = value.is_some_and(|value| value.contains('\0'));
    has_nul.then(|| "a NUL cannot be passed".to_owned())
}

fn build_contexts(command: &BuildCommand) -> Result<Vec<(&str, &str)>, Error> {
    let mut contexts = Vec::new();
    for (name, source) in &command.build_contexts {
        if name.is_empty() || name.contains('=') {
            return Err(Error::new(format!(
                "--build-context `{}`: the name must not be empty or contain `=`",
                name.escape_debug()
            )));
        }
        contexts.push((
            one_line("--build-context", name)?,
            one_line("--build-context", source)?,
        ));
    }
    Ok(contexts)
}

fn labels(command: &BuildCommand) -> Result<Vec<(&str, &str)>, Error> {
    for (key, value) in &command.labels {
        let message = if key.is_empty() || key.contains('=') {
            "the key must not be empty or contain `=`"
        } else if key.contains('\0') || value.contains('\0') {
            "a NUL cannot be passed"
        } else {
            continue;
        };
        return Err(Error::new(format!(
            "--label `{}`: {message}",
            key.escape_debug()
        )));
    }
    let labels = command.labels.iter();
    Ok(labels
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect())
}

fn uncached<'a>(command: &'a BuildCommand, limits: &Limits) -> Uncached<'a> {
    let mut stages: Vec<&str> = command.no_cache_filter.iter().map(String::as_str).collect();
    if !command.fresh_secrets {
        return Uncached::Stages(stages);
    }
    if !limits.has_no_cache_filter {
        return Uncached::Everything;
    }
    for stage in command.dockerfile.stages() {
        if !stage.uses_secrets() {
            continue;
        }
        match stage.name() {
            Some(name) if !stages.contains(&name) => stages.push(name),
            Some(_) => {}
            // A stage without a name cannot be named in the filter.
            None => return Uncached::Everything,
        }
    }
    Uncached::Stages(stages)
}

fn optional<'a>(flag: &str, value: &'a Option<String>) -> Result<Option<&'a str>, Error> {
    Ok(list(flag, value)?.pop())
}

fn list<'a>(
    flag: &str,
    values: impl IntoIterator<Item = &'a String>,
) -> Result<Vec<&'a str>, Error> {
    let mut list = Vec::new();
    for value in values {
        if value.is_empty() {
            return Err(Error::new(format!(
                "{flag}: the value is empty; omit the flag"
            )));
        }
        list.push(one_line(flag, value)?);
    }
    Ok(list)
}

/// Returns the text, unless it has a line break or a NUL: no flag needs one, and Docker's list syntaxes end there.
pub(super) fn one_line<'a>(flag: &str, text: &'a str) -> Result<&'a str, Error> {
    if text.contains(['\n', '\r', '\0']) {
        return Err(Error::new(format!(
            "{flag} `{}`: a line break or a NUL cannot be passed",
            text.escape_debug()
        )));
    }
    Ok(text)
}
