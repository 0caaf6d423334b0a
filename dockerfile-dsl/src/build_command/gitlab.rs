//! A job of GitLab CI that builds with the secrets of the build.
//!
//! In: a [`BuildCommand`], for any [tool](crate::BuildTool). Out: YAML of one job, whose script is the command line. A variable of the
//! project of type *Variable* is a variable of the job, and one of type *File* is a variable with the path of a file.

use super::argument::Argument;
use super::carried::{HandOver, ShellValue};
use super::node::Node;
use super::{BuildCommand, BuildTool};
use crate::masked_debug::masked_debug;
use crate::{Error, SecretSource};

/// What GitLab reads as its own at the top of a file.
const KEYWORDS: &[&str] = &[
    "after_script",
    "before_script",
    "cache",
    "default",
    "false",
    "image",
    "include",
    "nil",
    "services",
    "spec",
    "stages",
    "true",
    "types",
    "variables",
    "workflow",
];

/// A job for `.gitlab-ci.yml`.
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Secret, Stage, sh};
/// # const TOKEN: Secret = Secret::env("TOKEN");
/// # const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");
/// # let stage = Stage::from_image("debian").run(sh!("test -s {TOKEN} -a -s {NPMRC}")).build();
/// # let image = Dockerfile::from_stage(&stage)?;
/// let mut job = image.build_command().gitlab_job("build");
/// job.file_variable("npmrc", "NPMRC").tag("$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA");
/// assert_eq!(
///     job.render()?,
///     "build:
///   script:
///     - \"docker build --secret id=TOKEN,env=TOKEN --secret id=npmrc,src=\\\"$NPMRC\\\" \\
/// --tag \\\"$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA\\\" .\"
/// ".replace("\\\n", "")
/// );
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "nothing is written before `render`"]
pub struct GitlabJob {
    command: BuildCommand,
    name: String,
    image: Option<String>,
    services: Vec<String>,
    /// Variables of type File, by the ids of secrets.
    files: Vec<(String, String)>,
    tags: Vec<String>,
}

masked_debug!(GitlabJob {
    command,
    name,
    image,
    services,
    files,
    tags
});

impl BuildCommand {
    /// A job of GitLab CI that builds it.
    pub fn gitlab_job(&self, name: impl Into<String>) -> GitlabJob {
        GitlabJob {
            command: self.clone(),
            name: name.into(),
            image: None,
            services: Vec::new(),
            files: Vec::new(),
            tags: Vec::new(),
        }
    }
}

impl GitlabJob {
    /// The image of the job, such as `docker:28`.
    pub fn image(&mut self, image: impl Into<String>) -> &mut Self {
        self.image = Some(image.into());
        self
    }

    /// A service beside it, such as `docker:28-dind`.
    pub fn service(&mut self, image: impl Into<String>) -> &mut Self {
        self.services.push(image.into());
        self
    }

    /// The secret of this id is in a variable of type *File*.
    pub fn file_variable(
        &mut self,
        id: impl Into<String>,
        variable: impl Into<String>,
    ) -> &mut Self {
        self.files.push((id.into(), variable.into()));
        self
    }

    /// A tag with variables of the job in it, such as `$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA`.
    pub fn tag(&mut self, tag: impl Into<String>) -> &mut Self {
        self.tags.push(tag.into());
        self
    }

    /// The job, as YAML.
    ///
    /// # Errors
    ///
    /// If the tool cannot carry something; a name that GitLab has for something else; a file of a home directory, which a job does
    /// not have.
    pub fn render(&self) -> Result<String, Error> {
        self.check_name()?;
        let mut command = self.command.clone();
        if command.context == "-" || command.file.as_deref() == Some("-") {
            return Err(Error::new(
                "the standard input of a job is empty; name a file and a directory",
            ));
        }
        for secret in self.command.needed_secrets()? {
            let id = secret.id();
            let variable = self.files.iter().find(|(known, _)| known == id);
            match (variable, secret.source()) {
                (Some((_, variable)), _) => {
                    check_variable(variable)?;
                    let place = HandOver::FileOf(variable.clone());
                    command.handed_over.push((id.to_owned(), place));
                }
                (None, SecretSource::File(path)) if path == "~" || path.starts_with("~/") => {
                    return Err(Error::new(format!(
                        "secret `{id}`: a job has no file `{path}`; name its variable of type File \
                         with `.file_variable(\"{id}\", ..)`, or `--file-variable {id}=VARIABLE` \
                         of the tool"
                    )));
                }
                (None, _) => {}
            }
        }
        for (id, _) in &self.files {
            let needed = self.command.needed_secrets()?;
            if !needed.iter().any(|secret| secret.id() == id) {
                return Err(Error::new(format!(
                    "a variable of type File is given for `{}`, which is not a secret of the build",
                    id.escape_debug()
                )));
            }
        }
        let (command, values) = command.for_shell()?;
        let options = self.tag_options()?;
        let line = command.shell_words(options.as_deref())?;
        let values: String = values.iter().map(ShellValue::lines).collect();
        let script = values.lines().chain([line.as_str()]);
        let mut job = Vec::new();
        if let Some(image) = &self.image {
            job.push(("image", Node::text(image.as_str())));
        }
        job.push(("services", Node::texts(self.services.iter().cloned())));
        job.push(("script", Node::texts(script)));
        let job = Node::Map(vec![(self.name.clone(), Node::map(job))]);
        Ok(job.yaml(""))
    }

    /// The tags that a shell fills in, as words of the line.
    fn tag_options(&self) -> Result<Option<String>, Error> {
        let flag = match self.command.tool {
            _ if self.tags.is_empty() => return Ok(None),
            BuildTool::Kaniko => "--destination",
            BuildTool::Buildctl => {
                return Err(Error::new(
                    "buildctl takes the name of an image from its output; use `.output(..)`",
                ));
            }
            _ => "--tag",
        };
        let mut words = Vec::new();
        for tag in &self.tags {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"$_{}.:/-".contains(&byte);
            if tag.is_empty() || !tag.bytes().all(is_plain) {
                return Err(Error::new(format!(
                    "the tag `{}` contains more than an image name and variables",
                    tag.escape_debug()
                )));
            }
            words.push(format!(
                "{flag} {}",
                Argument::default().push_shell(tag).quote()
            ));
        }
        Ok(Some(words.join(" ")))
    }

    fn check_name(&self) -> Result<(), Error> {
        let name = self.name.as_str();
        let is_own = KEYWORDS.contains(&name);
        if is_own || name.is_empty() || name.len() > 255 || name.contains(char::is_control) {
            return Err(Error::new(format!(
                "GitLab has no job of the name `{}`: it is empty, too long, or a keyword",
                name.escape_debug()
            )));
        }
        Ok(())
    }
}

fn check_variable(name: &str) -> Result<(), Error> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let begins = name.starts_with(|first: char| first.is_ascii_digit());
    if name.is_empty() || begins || !name.bytes().all(is_word) {
        return Err(Error::new(format!(
            "invalid variable name `{}`; it has letters, digits and `_`",
            name.escape_debug()
        )));
    }
    Ok(())
}
