//! `dockerfile-dsl build`: builds an existing Dockerfile, searches the image for the values of its secrets, and only then gives it its
//! name and pushes it.
//!
//! In: a Dockerfile and the sources of its secrets. Out: the report of the search. The library does it all: this module maps
//! arguments to it, and pushes the names of a clean image.

use std::error::Error;
use std::path::PathBuf;
use std::process::Command;

use clap::{Args, ValueEnum};
use dockerfile_dsl::verify::Quarantine;
use dockerfile_dsl::{BuildCommand, BuildTool};

use crate::build_arguments::{BuildArguments, refused};
use crate::output;
use crate::status::Status;
use crate::verify::VerifyFormat;

#[derive(Debug, Args)]
pub(crate) struct ImageArguments {
    #[command(flatten)]
    build: BuildArguments,
    /// The program that builds
    #[arg(long, value_enum, value_name = "PROGRAM", default_value_t = Tool::Docker)]
    tool: Tool,
    /// Push the tags after a clean search
    #[arg(long)]
    push: bool,
    /// Upload by digest to this repository, search the image there, and give it its tags if it is clean: for remote builders
    #[arg(long, value_name = "REPOSITORY", conflicts_with = "push")]
    quarantine: Option<String>,
    /// The program that reads registries, crane or skopeo [default: the one on PATH, crane first]
    #[arg(long, value_name = "PROGRAM", requires = "quarantine")]
    registry_tool: Option<PathBuf>,
    /// Output format of the report
    #[arg(long, value_enum, default_value_t = VerifyFormat::Human)]
    format: VerifyFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Tool {
    /// `docker build` of Docker 23 and later
    Docker,
    /// `podman build`
    Podman,
    /// `buildah build`
    Buildah,
}

impl Tool {
    const fn of_library(self) -> BuildTool {
        match self {
            Self::Docker => BuildTool::Buildx,
            Self::Podman => BuildTool::Podman,
            Self::Buildah => BuildTool::Buildah,
        }
    }

    const fn program(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
            Self::Buildah => "buildah",
        }
    }
}

pub(crate) fn run(arguments: &ImageArguments) -> Result<Status, Box<dyn Error>> {
    if arguments.build.tags().is_empty() {
        return Err("a verified image needs a name: add --tag IMAGE".into());
    }
    let mut command = match arguments.build.command()? {
        Ok(command) => command,
        Err(status) => return Ok(status),
    };
    command.tool(arguments.tool.of_library());
    let report = match arguments.report(&command) {
        Ok(report) => report,
        Err(error) => return Ok(refused(&error)),
    };
    let status = arguments.format.answer(&report)?;
    if status == Status::Clean && arguments.push {
        for tag in arguments.build.tags() {
            push(arguments.tool.program(), tag)?;
        }
    }
    Ok(status)
}

impl ImageArguments {
    fn report(
        &self,
        command: &BuildCommand,
    ) -> Result<dockerfile_dsl::verify::Report, dockerfile_dsl::Error> {
        let Some(repository) = &self.quarantine else {
            return command.build_and_verify();
        };
        let mut quarantine = Quarantine::new(repository);
        if let Some(program) = &self.registry_tool {
            quarantine = quarantine.registry_tool(program);
        }
        command.build_verify_and_push(&quarantine)
    }
}

/// Pushes a name of a clean image. The program's output is for people, and standard output is for the report.
fn push(program: &str, tag: &str) -> Result<(), String> {
    let output = Command::new(program)
        .args(["push", tag])
        .output()
        .map_err(|error| format!("`{program} push` cannot be started: {error}"))?;
    output::tell(&String::from_utf8_lossy(&output.stdout));
    output::warn(&String::from_utf8_lossy(&output.stderr));
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "the image is clean and named, but `{program} push {tag}` failed ({})",
        output.status
    ))
}
