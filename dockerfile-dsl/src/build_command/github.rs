//! A step of GitHub Actions: `docker/build-push-action` with the secrets of the build.
//!
//! In: a [`BuildCommand`]. Out: YAML of one step. Invariants: a secret's value is in the step's `env` and in no input, so that no
//! expression writes it into a text that is parsed; and where a secret is mounted, the record of the build is not uploaded.

use super::carried::Carried;
use super::node::Node;
use super::plan::{Limits, Plan, Setting, Uncached};
use super::{BuildCommand, docker};
use crate::Error;
use crate::masked_debug::masked_debug;

const LIMITS: Limits = Limits {
    tool: "docker/build-push-action",
    lacks: &[
        (Setting::Progress, "--progress; BUILDKIT_PROGRESS does that"),
        (
            Setting::Stdin,
            "standard input; name a file and a directory",
        ),
    ],
    ..docker::BUILDX.limits
};

/// A step for a workflow of GitHub Actions. Displayed by [`render`](Self::render), it begins at the first column: indent it as the
/// workflow has it.
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Secret, Stage, sh};
/// # const TOKEN: Secret = Secret::env("TOKEN");
/// # let stage = Stage::from_image("debian").run(sh!("test -s {TOKEN}")).build();
/// # let image = Dockerfile::from_stage(&stage)?;
/// let mut step = image.build_command().tag("acme/app").github_step();
/// assert_eq!(
///     step.push().render()?,
///     "- uses: \"docker/build-push-action@v7\"
///   env:
///     DOCKER_BUILD_RECORD_UPLOAD: \"false\"
///     TOKEN: \"${{ secrets.TOKEN }}\"
///   with:
///     context: \".\"
///     tags: acme/app
///     push: \"true\"
///     secret-envs: \"TOKEN=TOKEN\"
/// "
/// );
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "nothing is written before `render`"]
pub struct GithubStep {
    command: BuildCommand,
    name: Option<String>,
    uses: String,
    is_pushed: bool,
    /// The names of secrets on GitHub, by the variables that they go to.
    names: Vec<(String, String)>,
    tags: Option<String>,
}

masked_debug!(GithubStep {
    command,
    name,
    uses,
    is_pushed,
    names,
    tags
});

impl BuildCommand {
    /// A step of GitHub Actions that builds it with `docker/build-push-action`.
    pub fn github_step(&self) -> GithubStep {
        GithubStep {
            command: self.clone(),
            name: None,
            uses: "docker/build-push-action@v7".to_owned(),
            is_pushed: false,
            names: Vec::new(),
            tags: None,
        }
    }
}

impl GithubStep {
    /// The name of the step.
    pub fn name(&mut self, name: impl Into<String>) -> &mut Self {
        self.name = Some(name.into());
        self
    }

    /// The action at another version, such as `docker/build-push-action@` and a commit.
    pub fn uses(&mut self, action: impl Into<String>) -> &mut Self {
        self.uses = action.into();
        self
    }

    /// Pushes the image.
    pub fn push(&mut self) -> &mut Self {
        self.is_pushed = true;
        self
    }

    /// The name of a secret on GitHub, where it is another than that of its variable.
    pub fn secret(&mut self, variable: impl Into<String>, name: impl Into<String>) -> &mut Self {
        self.names.push((variable.into(), name.into()));
        self
    }

    /// Tags from an earlier step, such as `steps.meta.outputs.tags` of `docker/metadata-action`, beside those of the build.
    pub fn tags_from(&mut self, expression: impl Into<String>) -> &mut Self {
        self.tags = Some(expression.into());
        self
    }

    /// The step, as YAML.
    ///
    /// # Errors
    ///
    /// If the action cannot carry a secret or a setting; if GitHub would refuse the name of a secret.
    pub fn render(&self) -> Result<String, Error> {
        let plan = Plan::new(&self.command, &LIMITS)?;
        let mut inputs = Inputs(vec![("context", text("the context", plan.context)?)]);
        inputs.add("file", plan.file.map(str::to_owned))?;
        inputs.add("target", plan.target.map(str::to_owned))?;
        inputs.list("platforms", plan.platforms.iter().map(ToString::to_string))?;
        let mut tags: Vec<String> = plan.tags.iter().map(ToString::to_string).collect();
        if let Some(expression) = &self.tags {
            tags.push(expression_of(expression)?);
        }
        inputs.0.push(("tags", Node::text(lines(&tags))));
        if self.is_pushed {
            inputs.0.push(("push", Node::text("true")));
        }
        let args = plan.build_args.iter();
        let args = args.map(|(name, value)| super::program::pair(name, *value));
        inputs.list("build-args", args)?;
        let pair = |(key, value): &(&str, &str)| format!("{key}={value}");
        inputs.list("labels", plan.labels.iter().map(pair))?;
        inputs.list("build-contexts", plan.build_contexts.iter().map(pair))?;
        inputs.list("outputs", plan.outputs.iter().map(ToString::to_string))?;
        inputs.add("builder", plan.builder.map(str::to_owned))?;
        match &plan.uncached {
            Uncached::Everything => inputs.0.push(("no-cache", Node::text("true"))),
            Uncached::Stages(stages) => {
                inputs.list("no-cache-filters", stages.iter().map(ToString::to_string))?;
            }
        }
        inputs.add("network", plan.network.map(|network| network.to_string()))?;
        inputs.list("ssh", ssh(&plan)?.into_iter())?;
        let mut env = Vec::new();
        if !plan.secrets.is_empty() {
            env.push(("DOCKER_BUILD_RECORD_UPLOAD".to_owned(), Node::text("false")));
        }
        let (mut variables, mut files) = (Vec::new(), Vec::new());
        for (id, carried) in &plan.secrets {
            match carried {
                Carried::Env(variable) => {
                    variables.push(format!("{id}={variable}"));
                    let value = format!("${{{{ secrets.{} }}}}", self.secret_name(variable)?);
                    env.push(((*variable).to_owned(), Node::text(value)));
                }
                Carried::File(path) => files.push(format!("{id}={}", secret_path(id, path)?)),
                Carried::FileOf(_) => {}
            }
        }
        inputs.list("secret-envs", variables.into_iter())?;
        inputs.list("secret-files", files.into_iter())?;
        let entries = inputs.0.into_iter();
        let with = entries.filter(|(_, value)| *value != Node::text(""));
        let name = self.name.as_deref().map(|name| text("the name", name));
        let name = name.transpose()?.map(|name| ("name", name));
        let step = [
            ("uses", text("the action", &self.uses)?),
            ("env", Node::last_of_each(env)),
            ("with", Node::map(with)),
        ];
        Ok(Node::List(vec![Node::map(name.into_iter().chain(step))]).yaml(""))
    }

    /// What GitHub calls the secret of a variable.
    fn secret_name(&self, variable: &str) -> Result<String, Error> {
        let given = self.names.iter().find(|(known, _)| known == variable);
        let name = given.map_or(variable, |(_, name)| name);
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let is_own = name.to_ascii_uppercase().starts_with("GITHUB_") && name != "GITHUB_TOKEN";
        let begins = name.starts_with(|first: char| first.is_ascii_digit());
        if name.is_empty() || !name.bytes().all(is_word) || begins || is_own {
            return Err(Error::new(format!(
                "GitHub has no secret of the name `{}`: letters, digits and `_`, not beginning \
                 with a digit or `GITHUB_`; read it from another variable, or name it with \
                 `.secret(\"{variable}\", ..)`",
                name.escape_debug()
            )));
        }
        Ok(name.to_owned())
    }
}

/// The inputs of the action, in their order.
struct Inputs(Vec<(&'static str, Node)>);

impl Inputs {
    fn add(&mut self, name: &'static str, value: Option<String>) -> Result<(), Error> {
        if let Some(value) = value {
            self.0.push((name, text(name, &value)?));
        }
        Ok(())
    }

    /// Records of a list, each on a line.
    fn list(
        &mut self,
        name: &'static str,
        records: impl Iterator<Item = String>,
    ) -> Result<(), Error> {
        let mut list = Vec::new();
        for record in records {
            text(name, &record)?;
            list.push(csv(name, &record)?);
        }
        if !list.is_empty() {
            self.0.push((name, Node::text(lines(&list))));
        }
        Ok(())
    }
}

fn lines(records: &[String]) -> String {
    match records {
        [one] if !one.contains('\n') => one.clone(),
        several => several.iter().map(|record| format!("{record}\n")).collect(),
    }
}

/// A record as the action reads it: quoted as a whole where it has a quote or a line break. It trims each.
fn csv(name: &str, record: &str) -> Result<String, Error> {
    if record.trim() != record {
        return Err(Error::new(format!(
            "{name} `{}`: docker/build-push-action removes white space from its end; leave it out",
            record.escape_debug()
        )));
    }
    Ok(if record.contains(['"', '\n', '\r']) {
        format!("\"{}\"", record.replace('"', "\"\""))
    } else {
        record.to_owned()
    })
}

/// Text without an expression of GitHub, which would be replaced before anything is read.
fn text(name: &str, text: &str) -> Result<Node, Error> {
    if text.contains("${{") {
        return Err(Error::new(format!(
            "{name} `{}`: GitHub replaces `${{{{` in every text of a workflow; leave it out",
            text.escape_debug()
        )));
    }
    Ok(Node::text(text))
}

fn expression_of(expression: &str) -> Result<String, Error> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    if expression.is_empty() || !expression.bytes().all(is_plain) {
        return Err(Error::new(format!(
            "tags from `{}`: an expression is like `steps.meta.outputs.tags`",
            expression.escape_debug()
        )));
    }
    Ok(format!("${{{{ {expression} }}}}"))
}

/// The action adds no quotes around a path, and replaces no `~`.
fn secret_path<'a>(id: &str, path: &'a str) -> Result<&'a str, Error> {
    let why = if path.contains([',', '"']) {
        "passes it on without quotes, so that its comma or quote would be read; use a link without"
    } else if path == "~" || path.starts_with("~/") {
        "does not replace `~`; write the whole path, or one of the workspace"
    } else {
        return Ok(path);
    };
    Err(Error::new(format!(
        "secret `{id}`, file `{path}`: docker/build-push-action {why}"
    )))
}

/// It splits at commas, too.
fn ssh(plan: &Plan<'_>) -> Result<Vec<String>, Error> {
    let mut records = Vec::new();
    for (id, paths) in &plan.ssh {
        records.push(match paths.as_slice() {
            [] => (*id).to_owned(),
            [path] => format!("{id}={path}"),
            _ => {
                return Err(Error::new(format!(
                    "--ssh `{id}`: docker/build-push-action takes one path for it; give each a \
                     separate id"
                )));
            }
        });
    }
    Ok(records)
}
