//! `docker build`, through Buildx and before it; and the flags that podman and buildah took over from it.
//!
//! In: a [`BuildCommand`]. Out: the arguments, in one order: secrets first, the context last.
//! Invariant: each value stands in the argument of its own flag, and an id that a step mounts has exactly one `--secret`.

use super::argument::Argument;
use super::carried::Carried;
use super::{BuildCommand, BuildNetwork, BuildTool, Progress, podman};
use crate::{Error, SecretSource};

/// Build arguments that BuildKit knows without an `ARG`.
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

pub(super) fn arguments(command: &BuildCommand) -> Result<Vec<Argument>, Error> {
    check_tool(command)?;
    let is_buildah = command.tool.is_buildah();
    let mut line = Line(vec![
        Argument::text(command.tool.program()),
        Argument::text("build"),
    ]);
    line.text("--builder", &command.builder)?;
    for secret in command.needed_secrets()? {
        if command.is_left_out(secret.id()) {
            continue;
        }
        let argument = if is_buildah {
            podman::secret_argument(secret.id(), command.carried(secret)?)?
        } else {
            secret_argument(secret.id(), command.carried(secret)?)
        };
        line.flag("--secret", argument);
    }
    for argument in ssh_arguments(command)? {
        line.flag("--ssh", argument);
    }
    for (name, value) in &command.build_args {
        check_build_arg(command, name)?;
        let name = one_line("--build-arg", name)?;
        if value.as_deref().is_some_and(|value| value.contains('\0')) {
            return Err(Error::new(format!(
                "--build-arg `{name}`: a NUL cannot be passed"
            )));
        }
        line.flag(
            "--build-arg",
            Argument::text(
                value
                    .as_ref()
                    .map_or(name.to_owned(), |value| format!("{name}={value}")),
            ),
        );
    }
    for (name, source) in &command.build_contexts {
        if name.is_empty() || name.contains('=') {
            return Err(Error::new(format!(
                "--build-context `{}`: a name without `=` is needed",
                name.escape_debug()
            )));
        }
        line.flag(
            "--build-context",
            Argument::text(one_line("--build-context", name)?)
                .push("=")
                .push_path(one_line("--build-context", source)?),
        );
    }
    line.text("--target", &command.target)?;
    line.text("--platform", &command.platforms)?;
    line.text("--tag", &command.tags)?;
    for (key, value) in &command.labels {
        if key.is_empty() || key.contains('=') {
            return Err(Error::new(format!(
                "--label `{}`: a key without `=` is needed",
                key.escape_debug()
            )));
        }
        if key.contains('\0') || value.contains('\0') {
            return Err(Error::new(format!(
                "--label `{}`: a NUL cannot be passed",
                key.escape_debug()
            )));
        }
        line.flag("--label", Argument::text(format!("{key}={value}")));
    }
    line.text("--output", &command.outputs)?;
    if let Some(file) = &command.file {
        line.flag("--file", Argument::path(one_line("--file", file)?));
    }
    for argument in no_cache(command) {
        line.0.push(Argument::text(argument));
    }
    line.text(
        "--progress",
        &command.progress.map(|progress| progress.to_string()),
    )?;
    let network = match command.network {
        // There it would be a network of that name.
        Some(BuildNetwork::Default) if is_buildah => None,
        network => network,
    };
    line.text("--network", &network.map(|network| network.to_string()))?;
    line.0.push(context(command)?);
    Ok(line.0)
}

/// The arguments so far.
struct Line(Vec<Argument>);

impl Line {
    fn flag(&mut self, flag: &str, argument: Argument) {
        self.0.push(Argument::text(flag));
        self.0.push(argument);
    }

    fn text<'a>(
        &mut self,
        flag: &str,
        values: impl IntoIterator<Item = &'a String>,
    ) -> Result<(), Error> {
        for value in values {
            if value.is_empty() {
                return Err(Error::new(format!(
                    "{flag}: an empty value has no meaning there; leave the flag out"
                )));
            }
            self.flag(flag, Argument::text(one_line(flag, value)?));
        }
        Ok(())
    }
}

/// `id=ID,env=NAME` or `id=ID,src=PATH`. Ids and names are plain by construction, a path is not.
fn secret_argument(id: &str, carried: Carried<'_>) -> Argument {
    let argument = Argument::text(format!("id={id},"));
    match carried {
        Carried::Env(name) => argument.push("env=").push(name),
        Carried::File(path) => argument.push_csv_path("src", path),
    }
}

/// One `--ssh` for each id that a step mounts.
fn ssh_arguments(command: &BuildCommand) -> Result<Vec<Argument>, Error> {
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
    let mut arguments = Vec::new();
    for id in mounted {
        let mut argument = Argument::text(id.as_str());
        let mut before = "=";
        for (given, paths) in &command.ssh {
            if given == id {
                for path in paths {
                    argument = argument.push(before).push_path(one_line("--ssh", path)?);
                    before = ",";
                }
            }
        }
        arguments.push(argument);
    }
    Ok(arguments)
}

/// A build argument is declared in the file, and its value is no secret's.
fn check_build_arg(command: &BuildCommand, name: &str) -> Result<(), Error> {
    let complain = |message: String| {
        Err(Error::new(format!(
            "--build-arg `{}`: {message}",
            name.escape_debug()
        )))
    };
    if name.is_empty() || name.contains('=') {
        return complain("a name without `=` is needed".to_owned());
    }
    for secret in command.dockerfile.secrets() {
        if matches!(secret.source(), SecretSource::Env(variable) if variable == name) {
            return complain(format!(
                "this is the environment variable of the secret `{}`, and the values of build \
                 arguments stay in the image's history; mount the secret instead",
                secret.id()
            ));
        }
    }
    let known = command
        .dockerfile
        .arguments()
        .iter()
        .any(|argument| argument.name() == name)
        || PREDEFINED.contains(&name)
        || PROXIES.contains(&name.to_ascii_lowercase().as_str());
    if !known {
        return complain(
            "the Dockerfile declares no such ARG, and BuildKit would ignore it silently".to_owned(),
        );
    }
    Ok(())
}

/// The flags that keep stages from the cache.
fn no_cache(command: &BuildCommand) -> Vec<String> {
    let mut stages = command.no_cache_filter.clone();
    let mut everything = command.tool != BuildTool::Buildx && command.fresh_secrets;
    if command.fresh_secrets {
        for stage in command.dockerfile.stages() {
            if !stage.uses_secrets() {
                continue;
            }
            match &stage.name {
                Some(name) if !stages.contains(name) => stages.push(name.clone()),
                Some(_) => {}
                // A stage without a name cannot be named in the filter.
                None => everything = true,
            }
        }
    }
    if everything {
        return vec!["--no-cache".to_owned()];
    }
    let arguments = stages.into_iter();
    arguments
        .flat_map(|stage| ["--no-cache-filter".to_owned(), stage])
        .collect()
}

fn context(command: &BuildCommand) -> Result<Argument, Error> {
    let context = one_line("the context", &command.context)?;
    if context.is_empty() {
        return Err(Error::new(
            "the build context is empty; `.` is the current directory",
        ));
    }
    if context == "-" && command.file.as_deref().is_some_and(|file| file != "-") {
        return Err(Error::new(
            "the context `-` takes the Dockerfile from standard input: leave --file out, or name a \
             directory as context",
        ));
    }
    // `--file -` beside the context `-` would be two readers of one input; the context alone does it.
    Ok(if context.starts_with('-') && context != "-" {
        Argument::text("./").push(context)
    } else {
        Argument::path(context)
    })
}

/// What the program does not have.
fn check_tool(command: &BuildCommand) -> Result<(), Error> {
    if command.context == "-" && command.file.as_deref() == Some("-") {
        return Err(Error::new(
            "standard input is given twice: leave --file out where the context is `-`",
        ));
    }
    match command.tool {
        BuildTool::Buildx => return Ok(()),
        BuildTool::Podman | BuildTool::Buildah => return podman::check(command),
        BuildTool::DockerBefore23 => {}
    }
    let missing = if command.builder.is_some() {
        "--builder"
    } else if !command.build_contexts.is_empty() {
        "--build-context"
    } else if !command.no_cache_filter.is_empty() {
        "--no-cache-filter"
    } else if command.progress == Some(Progress::RawJson) {
        "--progress=rawjson"
    } else if command.progress == Some(Progress::Quiet) {
        "--progress=quiet"
    } else if command.platforms.len() > 1 {
        "a second --platform"
    } else {
        return Ok(());
    };
    Err(Error::new(format!(
        "Docker before 23 does not have {missing}; leave it out, or use Buildx"
    )))
}

/// The text, if it has no line break and no NUL: no flag needs one, and Docker's list syntaxes end there.
fn one_line<'a>(flag: &str, text: &'a str) -> Result<&'a str, Error> {
    if text.contains(['\n', '\r', '\0']) {
        return Err(Error::new(format!(
            "{flag} `{}`: a line break or a NUL cannot be passed",
            text.escape_debug()
        )));
    }
    Ok(text)
}
