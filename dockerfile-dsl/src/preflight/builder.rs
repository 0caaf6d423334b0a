//! Whether the program that builds is there, and new enough.
//!
//! In: a build tool; asks `docker`. Out: problems, each a sentence that says how to go on.
//! What `docker` prints is looked at and not repeated.

use std::io;
use std::process::{Command, Output, Stdio};

use super::environment::Environment;
use super::report::Report;
use crate::build_command::BuildTool;
use crate::syntax::{Requirement, Version};

/// The program, and which of its builders.
#[derive(Clone, Copy)]
pub(super) struct Builder<'a> {
    pub(super) tool: BuildTool,
    pub(super) name: Option<&'a str>,
}

/// `needed` is what the builder's own frontend has to know; nothing, if the file brings its frontend along (`# syntax=`).
pub(super) fn look(
    builder: Builder<'_>,
    needed: Option<Requirement>,
    environment: &Environment<'_>,
    report: &mut Report,
) {
    let tool = builder.tool;
    let docker = Docker(environment);
    match docker.ask(&["version", "--format", "{{.Client.Version}}"]) {
        Ok(output) => look_at_client(tool, &docker, &output, report),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            report.problem(
                "docker",
                "it is not installed, or not on PATH; install Docker Engine 23 or later with the \
                 Buildx plugin",
            );
            return;
        }
        Err(error) => {
            report.problem("docker", format!("it cannot be started ({})", error.kind()));
            return;
        }
    }
    match docker.ask(&["version", "--format", "{{.Server.Version}}"]) {
        Ok(output) if output.status.success() => {
            let version = first_line(&output);
            look_at_engine(tool, &version, report);
            if let Some(needed) = needed {
                look_at_frontend(&docker, builder, &version, needed, report);
            }
        }
        Ok(output) if String::from_utf8_lossy(&output.stderr).contains("permission denied") => {
            report.problem(
                "docker",
                "this user may not speak with the daemon; add it to the group `docker`, or set \
                 DOCKER_HOST to a daemon of its own",
            );
        }
        _ => report.problem(
            "docker",
            "the daemon does not answer; start it, or name one with DOCKER_HOST or `docker context \
             use`",
        ),
    }
}

fn look_at_client(tool: BuildTool, docker: &Docker<'_>, version: &Output, report: &mut Report) {
    if tool != BuildTool::Buildx {
        return;
    }
    if (docker.0.variable)("DOCKER_BUILDKIT").is_some_and(|value| value == "0") {
        report.problem(
            "docker",
            "DOCKER_BUILDKIT=0 asks for the classic builder, which has no secrets; unset it",
        );
    }
    if major(&first_line(version)).is_some_and(|major| major < 23) {
        report.problem(
            "docker",
            "this client is older than 23, and its `docker build` is not Buildx; use \
             `BuildTool::DockerBefore23`, or a newer client",
        );
    } else if !docker
        .ask(&["buildx", "version"])
        .is_ok_and(|output| output.status.success())
    {
        report.problem(
            "docker",
            "the Buildx plugin is missing, and without it there are no secrets; install the \
             package docker-buildx (or docker-buildx-plugin)",
        );
    }
}

/// BuildKit came to Docker with 18.09, as an experiment; here-documents and `env=` are asked for by the Dockerfile itself.
fn look_at_engine(tool: BuildTool, version: &str, report: &mut Report) {
    let oldest = match tool {
        BuildTool::DockerBefore23 => 19,
        _ => 23,
    };
    if major(version).is_some_and(|major| major < oldest) {
        report.problem(
            "docker",
            format!(
                "the daemon is version {version}, and {oldest} or later is needed; update it, or \
                 use another one with DOCKER_HOST"
            ),
        );
    }
}

/// Whether the builder knows all that is in the file.
fn look_at_frontend(
    docker: &Docker<'_>,
    builder: Builder<'_>,
    engine: &str,
    needed: Requirement,
    report: &mut Report,
) {
    let inspected = match builder.tool {
        BuildTool::DockerBefore23 => None,
        _ => {
            let inspect = ["buildx", "inspect"].into_iter().chain(builder.name);
            docker.ask(&inspect.collect::<Vec<_>>()).ok()
        }
    };
    let inspected = inspected.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let field = |name| {
        let line = inspected
            .as_deref()?
            .lines()
            .find_map(|line| line.strip_prefix(name))?;
        Some(line.trim().to_owned())
    };
    let is_engine = field("Driver:").is_none_or(|driver| driver == "docker");
    let known = field("BuildKit version:")
        .and_then(|version| newest_of_buildkit(&version))
        .or_else(|| newest_of_engine(major(engine).filter(|_| is_engine)?));
    if let Some(known) = known.filter(|known| *known < needed.version) {
        report.problem(
            "docker",
            format!(
                "the builder knows the Dockerfile syntax up to {known}, and {} needs {}; update \
                 it, or ask for a newer frontend with `Settings::syntax`",
                needed.feature, needed.version
            ),
        );
    }
}

/// The frontend that is built into a BuildKit: 0.8 came with 1.2, and since then both have counted on together. A build of one's
/// own says 0.0.0, and nothing is known of it.
fn newest_of_buildkit(version: &str) -> Option<Version> {
    let minor: u16 = version
        .strip_prefix("v0.")?
        .split('.')
        .next()?
        .parse()
        .ok()?;
    Some(Version::new(1, minor.checked_sub(6)?))
}

/// The newest frontend that an engine of this major version can have; nothing is known of those to come.
fn newest_of_engine(major: u32) -> Option<Version> {
    let minor = match major {
        ..=19 => 1,
        20..=22 => 2,
        23 => 4,
        24 => 5,
        25 => 6,
        26 => 7,
        27 => 12,
        28 => 19,
        _ => return None,
    };
    Some(Version::new(1, minor))
}

/// The major version of an engine or client: `28` of `28.5.2+dfsg4`.
fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

pub(super) fn first_line(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().next().unwrap_or_default().trim().to_owned()
}

/// The client that is on the PATH of the environment.
struct Docker<'a>(&'a Environment<'a>);

impl Docker<'_> {
    fn ask(&self, arguments: &[&str]) -> io::Result<Output> {
        ask("docker", arguments, self.0)
    }
}

/// What a program of the environment's PATH answers.
pub(super) fn ask(
    program: &str,
    arguments: &[&str],
    environment: &Environment<'_>,
) -> io::Result<Output> {
    let mut command = Command::new(program);
    if let Some(path) = (environment.variable)("PATH") {
        command.env("PATH", path);
    }
    command.args(arguments).stdin(Stdio::null()).output()
}
