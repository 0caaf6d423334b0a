//! `dockerfile-dsl command`: the build command of an existing Dockerfile, for a tool or a file of a CI system.
//!
//! In: a Dockerfile and the sources of its secrets. Out: one line for a shell, or the text of a file. No value is read: a secret is
//! its id and its source.

use std::error::Error;

use clap::{Args, ValueEnum};
use dockerfile_dsl::{BuildCommand, BuildTool};

use crate::build_arguments::{BuildArguments, pair, refused};
use crate::output;
use crate::status::Status;

#[derive(Debug, Args)]
pub(crate) struct CommandArguments {
    #[command(flatten)]
    build: BuildArguments,
    /// The form of the command
    #[arg(long = "for", value_enum, value_name = "FORM", default_value_t = Form::Docker)]
    form: Form,
    /// The name of the target, service or job in a file
    #[arg(long, value_name = "NAME", default_value = "app")]
    name: String,
    /// GitLab: the variable of type File that holds a secret, instead of its source
    #[arg(long = "file-variable", value_name = "ID=VARIABLE", value_parser = pair)]
    file_variables: Vec<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// `docker build` of Docker 23 and later
    Docker,
    /// `podman build`
    Podman,
    /// `buildah build`
    Buildah,
    /// `nerdctl build`
    Nerdctl,
    /// `buildctl build`
    Buildctl,
    /// `/kaniko/executor`
    Kaniko,
    /// A bake file, for `docker buildx bake`
    Bake,
    /// A compose file, for `docker compose build`
    Compose,
    /// A step of GitHub Actions
    Github,
    /// A job of GitLab CI
    Gitlab,
}

impl Form {
    /// Returns the tool, if the command is a line for a shell.
    const fn tool(self) -> Option<BuildTool> {
        Some(match self {
            Self::Docker => BuildTool::Buildx,
            Self::Podman => BuildTool::Podman,
            Self::Buildah => BuildTool::Buildah,
            Self::Nerdctl => BuildTool::Nerdctl,
            Self::Buildctl => BuildTool::Buildctl,
            Self::Kaniko => BuildTool::Kaniko,
            Self::Bake | Self::Compose | Self::Github | Self::Gitlab => return None,
        })
    }
}

pub(crate) fn run(arguments: &CommandArguments) -> Result<Status, Box<dyn Error>> {
    let mut command = match arguments.build.command()? {
        Ok(command) => command,
        Err(status) => return Ok(status),
    };
    let tool = arguments.form.tool().unwrap_or(BuildTool::Buildx);
    command.tool(tool);
    for difference in command.dockerfile().portability(tool) {
        let (line, message) = (difference.line(), difference.message());
        output::tell(&format!("note: line {line}: {message}\n"));
    }
    match arguments.text(&command) {
        Ok(text) => {
            output::answer(&text)?;
            Ok(Status::Clean)
        }
        Err(error) => Ok(refused(&error)),
    }
}

impl CommandArguments {
    /// Returns the command in the form that was asked for, and tells how a file is used.
    fn text(&self, command: &BuildCommand) -> Result<String, dockerfile_dsl::Error> {
        let name = &self.name;
        match self.form {
            Form::Bake => {
                let bake = command.bake(name);
                tell_use("docker-bake.json", &bake.shell()?);
                bake.render()
            }
            Form::Compose => {
                let compose = command.compose(name);
                tell_use("compose.yaml", &compose.shell()?);
                compose.render()
            }
            Form::Github => command.github_step().render(),
            Form::Gitlab => {
                let mut job = command.gitlab_job(name);
                for (id, variable) in &self.file_variables {
                    job.file_variable(id, variable);
                }
                job.render()
            }
            _ => Ok(command.shell()? + "\n"),
        }
    }
}

fn tell_use(file: &str, line: &str) {
    output::tell(&format!("note: as {file}, build it with: {line}\n"));
}
