//! The build command of a text, for each front end that the library knows.

use dockerfile_dsl::{BuildCommand, BuildTool, Error, Secret, import};
use serde::{Deserialize, Serialize};

use crate::answers::Problem;

/// What to write, and where the values of the secrets come from.
#[derive(Debug, Deserialize)]
pub(crate) struct Order {
    text: String,
    form: Form,
    /// Name of the image; empty for none.
    tag: String,
    sources: Vec<Source>,
}

/// Where the value of a secret comes from.
#[derive(Debug, Deserialize)]
struct Source {
    id: String,
    is_file: bool,
    /// The variable or the path.
    name: String,
}

/// A front end.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Form {
    Docker,
    Podman,
    Buildah,
    Nerdctl,
    Buildctl,
    Kaniko,
    Bake,
    Compose,
    Github,
    Gitlab,
}

/// A text, and of a file its name and the command that builds with it.
type Text = (String, Option<(&'static str, String)>);

/// The command, or the file.
#[derive(Debug, Serialize)]
pub(crate) struct Command {
    text: String,
    /// The name of the file, and the command that builds with it.
    file: Option<(&'static str, String)>,
    /// What this front end ignores or reads otherwise.
    notes: Vec<String>,
}

/// Returns the command.
pub(crate) fn command(order: &Order) -> Result<Command, Problem> {
    written(order).map_err(|error| Problem::new(&error))
}

fn written(order: &Order) -> Result<Command, Error> {
    let secrets: Result<Vec<Secret>, Error> = order.sources.iter().map(Source::secret).collect();
    let dockerfile = import::parse(&order.text)?.bind(&secrets?)?;
    let mut command = dockerfile.build_command();
    let tool = order.form.tool();
    command.tool(tool);
    if !order.tag.is_empty() {
        command.tag(&order.tag);
    }
    let differences = dockerfile.portability(tool).into_iter();
    let notes = differences.map(|it| format!("line {}: {}", it.line(), it.message()));
    let files = order.sources.iter().filter(|source| source.is_file);
    let files = files.filter(|_| matches!(order.form, Form::Gitlab));
    let notes = notes.chain(files.map(|source| {
        let variable = file_variable(&source.name);
        format!("the content of the file is the variable `{variable}` of type File in GitLab")
    }));
    let (text, file) = order.form.text(&command, &order.sources)?;
    Ok(Command {
        text,
        file,
        notes: notes.collect(),
    })
}

impl Source {
    fn secret(&self) -> Result<Secret, Error> {
        if self.is_file {
            Secret::try_file(&self.id, &self.name)
        } else {
            Secret::try_env(&self.id, &self.name)
        }
    }
}

impl Form {
    const fn tool(self) -> BuildTool {
        match self {
            Self::Podman => BuildTool::Podman,
            Self::Buildah => BuildTool::Buildah,
            Self::Nerdctl => BuildTool::Nerdctl,
            Self::Buildctl => BuildTool::Buildctl,
            Self::Kaniko => BuildTool::Kaniko,
            _ => BuildTool::Buildx,
        }
    }

    /// Returns the text; of a file also its name and the command that builds with it.
    fn text(self, command: &BuildCommand, sources: &[Source]) -> Result<Text, Error> {
        Ok(match self {
            Self::Bake => {
                let bake = command.bake("app");
                (bake.render()?, Some(("docker-bake.json", bake.shell()?)))
            }
            Self::Compose => {
                let compose = command.compose("app");
                (compose.render()?, Some(("compose.yaml", compose.shell()?)))
            }
            Self::Github => (command.github_step().render()?, None),
            Self::Gitlab => {
                let mut job = command.gitlab_job("app");
                for source in sources.iter().filter(|source| source.is_file) {
                    job.file_variable(&source.id, file_variable(&source.name));
                }
                (job.render()?, None)
            }
            _ => (command.shell()?, None),
        })
    }
}

/// Returns the name of the variable of type File that has the content of a file: a job of GitLab has no file of another machine.
fn file_variable(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    let name = name.trim_start_matches(['.', '$']).to_uppercase();
    name.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}
