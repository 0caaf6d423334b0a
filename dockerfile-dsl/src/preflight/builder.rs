//! Checks that the build tool is installed and new enough.
//!
//! In: a build tool; asks `docker`. Out: problems, each with a fix. The output of `docker` is parsed and not repeated.

use std::io;
use std::process::{Command, Output, Stdio};

use super::environment::Environment;
use super::report::Report;
use crate::build_command::BuildTool;
use crate::syntax::{Requirement, Version};

/// The program, and its selected builder.
#[derive(Clone, Copy)]
pub(super) struct Builder<'a> {
    pub(super) tool: BuildTool,
    pub(super) name: Option<&'a str>,
}

/// `needed` is what the builder's own frontend has to support; `None` if the file names its frontend (`# syntax=`).
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
                "this user has no access to the daemon; add it to the group `docker`, or set \
                 DOCKER_HOST to a rootless daemon",
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
            "DOCKER_BUILDKIT=0 selects the classic builder, which does not support secrets; unset \
             it",
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
            "the Buildx plugin is missing, and secrets need it; install the \
             package docker-buildx (or docker-buildx-plugin)",
        );
    }
}

/// BuildKit was added in Docker 18.09, as an experiment. Here-documents and `env=` are checked by the frontend version.
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

/// Checks that the builder supports all features of the file.
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
                "the builder supports the Dockerfile syntax up to {known}, and {} needs {}; update \
                 it, or ask for a newer frontend with `Settings::syntax`",
                needed.feature, needed.version
            ),
        );
    }
}

/// Returns the frontend that is built into a BuildKit: 0.8 has 1.2, and since then both versions have increased together. A local
/// build reports 0.0.0, and its frontend is unknown.
fn newest_of_buildkit(version: &str) -> Option<Version> {
    let minor: u16 = version
        .strip_prefix("v0.")?
        .split('.')
        .next()?
        .parse()
        .ok()?;
    Some(Version::new(1, minor.checked_sub(6)?))
}

/// Returns the newest frontend that an engine of this major version can have; unknown for later engines.
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

/// Returns the major version of an engine or client: `28` of `28.5.2+dfsg4`.
fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

pub(super) fn first_line(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().next().unwrap_or_default().trim().to_owned()
}

/// The client on the PATH of the environment.
struct Docker<'a>(&'a Environment<'a>);

impl Docker<'_> {
    fn ask(&self, arguments: &[&str]) -> io::Result<Output> {
        ask("docker", arguments, self.0)
    }
}

/// Runs a program of the environment's PATH, and returns its output.
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
