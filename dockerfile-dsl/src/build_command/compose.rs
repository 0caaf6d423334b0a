//! Services of a compose file, with the secrets of their builds.
//!
//! In: [`BuildCommand`]s under the names of services. Out: YAML for `docker compose build` and `docker buildx bake -f`, alone or
//! merged into an existing file. Invariants: a secret is named by its id and has no `target`, which one of the two programs takes
//! for the id and the other ignores; a literal `$` is written `$$`.

use std::path::Path;

use super::argument::Argument;
use super::carried::{Carried, ShellValue};
use super::in_context::{self, dockerfile, is_remote};
use super::node::Node;
use super::plan::{Limits, Plan, Setting, Uncached, one_line};
use super::program::Line;
use super::{BuildCommand, BuildNetwork, docker};
use crate::Error;
use crate::masked_debug::masked_debug;
use crate::write::{self, FileKind};

#[cfg(feature = "compose-merge")]
mod merge;
#[cfg(feature = "compose-merge")]
mod tree;

const LIMITS: Limits = Limits {
    tool: "compose",
    lacks: &[
        (Setting::Builder, "--builder in a file"),
        (Setting::Output, "--output"),
        (
            Setting::NoCacheFilter,
            "--no-cache-filter; `.fresh_secrets()` writes `no_cache`",
        ),
        (Setting::Progress, "--progress in a file"),
    ],
    has_no_cache_filter: false,
    ..docker::BUILDX.limits
};

/// Services of `docker compose` that are built with their secrets.
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Secret, Stage, sh};
/// # const TOKEN: Secret = Secret::env("TOKEN");
/// # let stage = Stage::from_image("debian").run(sh!("test -s {TOKEN}")).build();
/// # let image = Dockerfile::from_stage(&stage)?;
/// let compose = image.build_command().tag("acme/app").compose("app");
/// assert_eq!(
///     compose.render()?,
///     "services:
///   app:
///     image: acme/app
///     build:
///       context: \".\"
///       secrets:
///         - TOKEN
/// secrets:
///   TOKEN:
///     environment: TOKEN
/// "
/// );
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
///
/// See the [build specification of compose](https://docs.docker.com/reference/compose-file/build/).
#[derive(Clone, Default)]
#[must_use = "nothing is written before `render` or `write`"]
pub struct Compose {
    services: Vec<(String, BuildCommand)>,
    file: Option<String>,
}

masked_debug!(Compose { services, file });

impl BuildCommand {
    /// Returns a compose file with this build as a service; add more with [`Compose::service`].
    pub fn compose(&self, service: impl Into<String>) -> Compose {
        let mut compose = Compose::new();
        compose.service(service, self);
        compose
    }
}

impl Compose {
    /// Creates a file without services.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a service. If [`file`](BuildCommand::file) is `-`, the Dockerfile is written into the compose file.
    pub fn service(&mut self, name: impl Into<String>, command: &BuildCommand) -> &mut Self {
        self.services.push((name.into(), command.clone()));
        self
    }

    /// Sets the path of the compose file, by default `compose.yaml`. Paths in it are relative to its folder.
    pub fn file(&mut self, file: impl Into<String>) -> &mut Self {
        self.file = Some(file.into());
        self
    }

    /// Renders a compose file of these services only.
    ///
    /// # Errors
    ///
    /// Returns an error if compose would refuse a name, or would read a path as a different one.
    pub fn render(&self) -> Result<String, Error> {
        Ok(self.parts()?.0.yaml(""))
    }

    /// Adds the missing parts to an existing compose file: secrets, their lists, settings of a build, or whole services. Every
    /// existing byte is kept, except that `build: DIRECTORY` becomes `build:` with a `context:`. Feature `compose-merge`.
    ///
    /// # Errors
    ///
    /// As for [`render`](Self::render); also if the file is not a YAML mapping, if it contradicts a service or secret, or if an
    /// addition would be inside an anchor or alias.
    #[cfg(feature = "compose-merge")]
    pub fn merged_into(&self, existing: &str) -> Result<String, Error> {
        merge::merge(&self.parts()?.0, existing)
    }

    /// Writes the compose file atomically. With the feature `compose-merge`, an existing file is [completed](Self::merged_into);
    /// without it, an existing file with another text is an error.
    ///
    /// # Errors
    ///
    /// As for [`render`](Self::render); also if the file cannot be read or written.
    pub fn write(&self) -> Result<(), Error> {
        let path = Path::new(self.file_name());
        let text = match std::fs::read_to_string(path) {
            Ok(existing) => self.completed(&existing)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => self.render()?,
            Err(error) => {
                return Err(Error::io(format!("cannot read {}", path.display()), error));
            }
        };
        write::write(path, &text, FileKind::Data)?;
        Ok(())
    }

    #[cfg(feature = "compose-merge")]
    fn completed(&self, existing: &str) -> Result<String, Error> {
        let merged = self.merged_into(existing);
        merged.map_err(|error| Error::new(format!("{}: {error}", self.file_name())))
    }

    #[cfg(not(feature = "compose-merge"))]
    fn completed(&self, existing: &str) -> Result<String, Error> {
        let text = self.render()?;
        if text == existing {
            return Ok(text);
        }
        Err(Error::new(format!(
            "{} exists already with another text; the feature `compose-merge` completes it",
            self.file_name()
        )))
    }

    /// Returns one line for a POSIX shell that builds these services, preceded by the secrets that are
    /// [commands](crate::Secret::command).
    ///
    /// # Errors
    ///
    /// As for [`render`](Self::render).
    pub fn shell(&self) -> Result<String, Error> {
        let (_, values) = self.parts()?;
        let mut line = Line::new(&["docker", "compose"]);
        let file = one_line("--file", self.file_name())?;
        line.flag("--file", Argument::path(file));
        line.word("build");
        for (name, _) in &self.services {
            line.word(name);
        }
        Ok(ShellValue::prefix(&values) + &line.quote(None))
    }

    fn file_name(&self) -> &str {
        self.file.as_deref().unwrap_or("compose.yaml")
    }

    fn folder(&self) -> &str {
        let folder = self.file_name().rsplit_once('/');
        folder.map_or(
            ".",
            |(folder, _)| if folder.is_empty() { "/" } else { folder },
        )
    }

    fn parts(&self) -> Result<(Node, Vec<ShellValue>), Error> {
        if self.services.is_empty() {
            return Err(Error::new(
                "a compose file needs a service: add `.service(..)`",
            ));
        }
        let mut services: Vec<(String, Node)> = Vec::new();
        let mut secrets: Vec<(String, Node)> = Vec::new();
        let mut values: Vec<ShellValue> = Vec::new();
        for (name, command) in &self.services {
            check_name(name)?;
            if services.iter().any(|(known, _)| known == name) {
                return Err(Error::new(format!(
                    "compose: two services have the name `{name}`; give one another"
                )));
            }
            let in_service = |error: Error| Error::new(format!("service `{name}`: {error}"));
            let (command, own_values) = command.for_shell()?;
            let plan = Plan::new(&command, &LIMITS).map_err(in_service)?;
            let built = Service {
                plan: &plan,
                folder: self.folder(),
            };
            services.push((name.clone(), built.node().map_err(in_service)?));
            for (id, source) in built.secrets().map_err(in_service)? {
                match secrets.iter().find(|(known, _)| *known == id) {
                    None => secrets.push((id, source)),
                    Some((_, known)) if *known == source => {}
                    Some(_) => {
                        return Err(Error::new(format!(
                            "compose: the secret `{id}` has two sources, and a file has one for \
                             all its services; give one another id"
                        )));
                    }
                }
            }
            for value in own_values {
                if !values.contains(&value) {
                    values.push(value);
                }
            }
        }
        let file = Node::map([
            ("services", Node::Map(services)),
            ("secrets", Node::Map(secrets)),
        ]);
        Ok((file, values))
    }
}

/// One service of the file.
struct Service<'a> {
    plan: &'a Plan<'a>,
    /// Folder of the compose file.
    folder: &'a str,
}

impl Service<'_> {
    fn node(&self) -> Result<Node, Error> {
        let plan = self.plan;
        if plan.context == "-" {
            return Err(Error::new(
                "a context on standard input cannot be written into a file; name a directory",
            ));
        }
        let mut build = vec![("context", Node::text(self.path(plan.context)?))];
        match plan.file {
            None => {}
            Some("-") => build.push((
                "dockerfile_inline",
                Node::text(literal("the Dockerfile", &plan.dockerfile.render())?),
            )),
            Some(file) => {
                let file = dockerfile("compose", plan.context, file)?;
                build.push(("dockerfile", Node::text(literal("a path", &file)?)));
            }
        }
        let mut contexts = Vec::new();
        for (name, source) in &plan.build_contexts {
            contexts.push((literal("a name", name)?, Node::text(self.path(source)?)));
        }
        build.push(("additional_contexts", Node::last_of_each(contexts)));
        if let Some(stage) = plan.target {
            build.push(("target", Node::text(literal("a name", stage)?)));
        }
        let mut args = Vec::new();
        for (name, value) in &plan.build_args {
            let value = match value {
                Some(value) => Node::text(literal("an argument", value)?),
                None => Node::Null,
            };
            args.push(((*name).to_owned(), value));
        }
        build.push(("args", Node::last_of_each(args)));
        let mut labels = Vec::new();
        for (key, value) in &plan.labels {
            let key = literal("a label", key)?;
            labels.push((key, Node::text(literal("a label", value)?)));
        }
        build.push(("labels", Node::last_of_each(labels)));
        let platforms = plan.platforms.iter();
        let platforms: Result<Vec<_>, _> = platforms
            .map(|platform| literal("a platform", platform))
            .collect();
        build.push(("platforms", Node::texts(platforms?)));
        build.push(("tags", Node::texts(plan.tags.iter().skip(1).copied())));
        let ids = plan.secrets.iter().map(|(id, _)| *id);
        build.push(("secrets", Node::texts(ids)));
        let mut ssh = Vec::new();
        for (id, paths) in &plan.ssh {
            ssh.push(match paths.as_slice() {
                [] => Node::text(*id),
                [path] => Node::text(format!("{id}={}", self.path(path)?)),
                _ => {
                    return Err(Error::new(format!(
                        "--ssh `{id}`: compose takes one path for it; give each a separate id"
                    )));
                }
            });
        }
        build.push(("ssh", Node::List(ssh)));
        if plan.uncached == Uncached::Everything {
            build.push(("no_cache", Node::Bool(true)));
        }
        match plan.network {
            None | Some(BuildNetwork::Default) => {}
            Some(network) => build.push(("network", Node::text(network.to_string()))),
        }
        let build = ("build", Node::map(build));
        let image = plan.tags.first().map(|tag| ("image", Node::text(*tag)));
        Ok(Node::map(image.into_iter().chain([build])))
    }

    /// Returns the top-level secrets, by id.
    fn secrets(&self) -> Result<Vec<(String, Node)>, Error> {
        let mut secrets = Vec::new();
        for (id, carried) in &self.plan.secrets {
            let source = match carried {
                Carried::Env(name) => ("environment", Node::text(*name)),
                Carried::FileOf(name) => ("file", Node::text(format!("${{{name}}}"))),
                Carried::File(path) => {
                    if let Some(bad) = [",", "\"", "${", "%{"]
                        .iter()
                        .find(|bad| path.contains(**bad))
                    {
                        return Err(Error::new(format!(
                            "secret `{id}`: compose passes the path `{path}` on without quotes, so \
                             that its `{bad}` would be read; use a link without one"
                        )));
                    }
                    ("file", Node::text(self.path(path)?))
                }
            };
            secrets.push(((*id).to_owned(), Node::map([source])));
        }
        Ok(secrets)
    }

    /// Returns a path relative to the folder of the file, in which `~` is the home directory of the user who builds.
    fn path(&self, path: &str) -> Result<String, Error> {
        if is_remote(path) {
            return literal("a path", path);
        }
        let path = in_context::from(self.folder, path)?;
        Ok(match path.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => {
                format!("${{HOME}}{}", literal("a path", rest)?)
            }
            _ => literal("a path", &path)?,
        })
    }
}

/// Checks the name of a service.
fn check_name(name: &str) -> Result<(), Error> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_plain) {
        return Err(Error::new(format!(
            "compose: the name `{}` is refused; it has letters, digits, `.`, `-` and `_`",
            name.escape_debug()
        )));
    }
    Ok(())
}

/// Escapes text so that compose expands nothing in it. Compose passes it to bake and escapes only `${` of arguments and
/// Dockerfiles; other text that bake would expand is refused, as `docker buildx bake -f` reads the same file without that escape.
fn literal(what: &str, text: &str) -> Result<String, Error> {
    let is_safe = matches!(what, "an argument" | "the Dockerfile");
    if let Some(read) = ["%{", "${"].iter().find(|read| text.contains(**read))
        && !(is_safe && *read == "${")
    {
        return Err(Error::new(format!(
            "compose passes {what} to bake unchanged, which would expand its `{read}`; {}",
            match what {
                "the Dockerfile" => "name a file with `.file(..)`",
                _ => "use bake itself: `.bake(..)`",
            }
        )));
    }
    Ok(text.replace('$', "$$"))
}
