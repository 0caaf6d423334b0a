//! Whether the program that builds is there, and new enough.
//!
//! In: a [`BuildCommand`]; asks `docker`. Out: problems, each a sentence that says how to go on.
//! What `docker` prints is looked at and not repeated.

use std::io;
use std::process::{Command, Output, Stdio};

use super::Report;
use crate::BuildCommand;
use crate::build_command::FrontEnd;

pub(super) fn look(command: &BuildCommand, report: &mut Report) {
    match docker(&["version", "--format", "{{.Client.Version}}"]) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            report.problem("docker", "it is not installed, or not on PATH; install Docker Engine 23 or later with the Buildx plugin");
            return;
        }
        Err(error) => {
            report.problem("docker", format!("it cannot be started ({})", error.kind()));
            return;
        }
        Ok(output) => look_at_client(command, &output, report),
    }
    match docker(&["version", "--format", "{{.Server.Version}}"]) {
        Ok(output) if output.status.success() => look_at_engine(command, &first_line(&output), report),
        Ok(output) if String::from_utf8_lossy(&output.stderr).contains("permission denied") => report.problem(
            "docker",
            "this user may not speak with the daemon; add it to the group `docker`, or set DOCKER_HOST to a daemon of its own",
        ),
        _ => report.problem("docker", "the daemon does not answer; start it, or name one with DOCKER_HOST or `docker context use`"),
    }
}

fn look_at_client(command: &BuildCommand, version: &Output, report: &mut Report) {
    if std::env::var_os("DOCKER_BUILDKIT").is_some_and(|value| value == "0")
        && command.front_end == FrontEnd::Buildx
    {
        report.problem(
            "docker",
            "DOCKER_BUILDKIT=0 asks for the classic builder, which has no secrets; unset it",
        );
    }
    if command.front_end != FrontEnd::Buildx {
        return;
    }
    if major(&first_line(version)).is_some_and(|major| major < 23) {
        report.problem("docker", "this client is older than 23, and its `docker build` is not Buildx; use `FrontEnd::DockerBefore23`, or a newer client");
    } else if !docker(&["buildx", "version"]).is_ok_and(|output| output.status.success()) {
        report.problem("docker", "the Buildx plugin is missing, and without it there are no secrets; install the package docker-buildx (or docker-buildx-plugin)");
    }
}

fn look_at_engine(command: &BuildCommand, version: &str, report: &mut Report) {
    let _ = (command, version, report);
}

/// The major version of an engine or client: `28` of `28.5.2+dfsg4`.
fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

fn first_line(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned()
}

fn docker(arguments: &[&str]) -> io::Result<Output> {
    Command::new("docker")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
}
