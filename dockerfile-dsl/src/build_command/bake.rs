//! A bake file: many builds for `docker buildx bake`, on one machine or on a builder with many.
//!
//! In: [`BuildCommand`]s with names. Out: JSON, which every version of bake reads, and the matching command line with the
//! permissions that it asks for. Invariants: a secret is an object of `id` and `env` or `src` (bake drops `type` and `source`); a
//! literal `${` is written `$${`, so that bake only expands the intended variables.

use std::path::Path;

use super::argument::Argument;
use super::carried::ShellValue;
use super::node::Node;
use super::plan::{Limits, Plan, Setting, one_line};
use super::program::Line;
use super::{BuildCommand, Progress, docker};
use crate::Error;
use crate::masked_debug::masked_debug;

mod matrix;
mod target;
mod text;

use crate::write::{self, FileKind};
use matrix::Axis;
use target::Parts;
use text::check_name;

const LIMITS: Limits = Limits {
    tool: "a target of bake",
    lacks: &[
        (
            Setting::Builder,
            "--builder; `Bake::builder` is for all of them",
        ),
        (
            Setting::Progress,
            "--progress; `Bake::progress` is for all of them",
        ),
    ],
    ..docker::BUILDX.limits
};

/// A file for `docker buildx bake`: builds by name, groups of them, and builds for several values of a build argument.
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Secret, Stage, build_command::Bake, sh};
/// # const TOKEN: Secret = Secret::env("TOKEN");
/// # let stage = Stage::from_image("debian").run(sh!("test -s {TOKEN}")).build();
/// # let image = Dockerfile::from_stage(&stage)?;
/// let mut bake = Bake::new();
/// bake.target("app", image.build_command().tag("acme/app"));
/// assert!(bake.render()?.contains(r#""env": "TOKEN""#));
/// assert_eq!(bake.shell()?, "docker buildx bake --file docker-bake.json");
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
///
/// See the [reference of bake files](https://docs.docker.com/build/bake/reference/).
#[derive(Clone, Default)]
#[must_use = "nothing is written before `render` or `write`"]
pub struct Bake {
    targets: Vec<(String, BuildCommand)>,
    groups: Vec<(String, Vec<String>)>,
    /// Build arguments of a target, each with its values.
    matrix: Vec<Axis>,
    file: Option<String>,
    builder: Option<String>,
    progress: Option<Progress>,
}

masked_debug!(Bake {
    targets,
    groups,
    matrix,
    file,
    builder,
    progress
});

impl BuildCommand {
    /// Returns a bake file with this build under this name; add more with [`Bake::target`].
    pub fn bake(&self, name: impl Into<String>) -> Bake {
        let mut bake = Bake::new();
        bake.target(name, self);
        bake
    }
}

impl Bake {
    /// Creates a file without targets.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a build under a name. If [`file`](BuildCommand::file) is `-`, the Dockerfile is written into the bake file. A build
    /// context `target:NAME` is the result of another target: a stage that several files share.
    pub fn target(&mut self, name: impl Into<String>, command: &BuildCommand) -> &mut Self {
        self.targets.push((name.into(), command.clone()));
        self
    }

    /// Groups targets that are built together. Without a group `default`, that is all targets.
    pub fn group<T: Into<String>>(
        &mut self,
        name: impl Into<String>,
        targets: impl IntoIterator<Item = T>,
    ) -> &mut Self {
        let targets = targets.into_iter().map(Into::into).collect();
        self.groups.push((name.into(), targets));
        self
    }

    /// Builds a target once for each of these values of a build argument. `-VALUE` is appended to its tags and its name. With
    /// several arguments, it is built for each combination.
    pub fn matrix<T: Into<String>>(
        &mut self,
        target: impl Into<String>,
        argument: impl Into<String>,
        values: impl IntoIterator<Item = T>,
    ) -> &mut Self {
        self.matrix.push(Axis {
            target: target.into(),
            argument: argument.into(),
            values: values.into_iter().map(Into::into).collect(),
        });
        self
    }

    /// Sets the path of the bake file, by default `docker-bake.json`.
    pub fn file(&mut self, file: impl Into<String>) -> &mut Self {
        self.file = Some(file.into());
        self
    }

    /// `--builder`, such as one on a cluster.
    pub fn builder(&mut self, name: impl Into<String>) -> &mut Self {
        self.builder = Some(name.into());
        self
    }

    /// `--progress`
    pub fn progress(&mut self, progress: Progress) -> &mut Self {
        self.progress = Some(progress);
        self
    }

    /// Renders the bake file as JSON.
    ///
    /// # Errors
    ///
    /// Returns an error if bake would refuse a name, a value cannot be carried, or two targets with different Dockerfiles name
    /// the same file.
    pub fn render(&self) -> Result<String, Error> {
        Ok(self.parts()?.0.json())
    }

    /// Writes the bake file atomically.
    ///
    /// # Errors
    ///
    /// As for [`render`](Self::render); also if the file cannot be written.
    pub fn write(&self) -> Result<(), Error> {
        let text = self.render()?;
        write::write(Path::new(self.file_name()), &text, FileKind::Data)?;
        Ok(())
    }

    /// Returns one line for a POSIX shell that builds all targets: with the permissions in `--allow`, and preceded by the secrets
    /// that are [commands](crate::Secret::command).
    ///
    /// # Errors
    ///
    /// As for [`render`](Self::render).
    pub fn shell(&self) -> Result<String, Error> {
        let (_, parts) = self.parts()?;
        let mut line = Line::new(&["docker", "buildx", "bake"]);
        line.texts("--builder", self.builder.as_deref());
        let file = one_line("--file", self.file_name())?;
        line.flag("--file", Argument::path(file));
        for right in parts.rights {
            line.flag("--allow", right);
        }
        if let Some(progress) = self.progress {
            line.flag("--progress", Argument::text(progress.to_string()));
        }
        Ok(ShellValue::prefix(&parts.values) + &line.quote(None))
    }

    fn file_name(&self) -> &str {
        self.file.as_deref().unwrap_or("docker-bake.json")
    }

    fn parts(&self) -> Result<(Node, Parts), Error> {
        self.check_names()?;
        let mut parts = Parts::default();
        let mut targets = Vec::new();
        for (name, command) in &self.targets {
            let axes: Vec<&Axis> = self.axes(name).collect();
            let (command, values) = command.for_shell()?;
            let in_target = |error: Error| Error::new(format!("target `{name}`: {error}"));
            let plan = Plan::new(&command, &LIMITS).map_err(in_target)?;
            let target = parts.target(name, &plan, &axes);
            targets.push((name.clone(), target.map_err(in_target)?));
            parts.take_values(values)?;
        }
        let variables = parts.variables.iter().map(|name| {
            let unset = if *name == "HOME" {
                Node::text("")
            } else {
                Node::Null
            };
            let default = Node::map([("default", unset)]);
            (name.clone(), default)
        });
        let file = Node::map([
            ("variable", Node::Map(variables.collect())),
            ("group", Node::Map(self.group_nodes())),
            ("target", Node::Map(targets)),
        ]);
        Ok((file, parts))
    }

    fn axes<'a>(&'a self, target: &'a str) -> impl Iterator<Item = &'a Axis> {
        self.matrix.iter().filter(move |axis| axis.target == target)
    }

    fn group_nodes(&self) -> Vec<(String, Node)> {
        let group = |name: &str, targets: Vec<String>| {
            (
                name.to_owned(),
                Node::map([("targets", Node::texts(targets))]),
            )
        };
        let is_there = |name: &str| {
            self.groups.iter().any(|(group, _)| group == name)
                || self.targets.iter().any(|(target, _)| target == name)
        };
        let everything = (!is_there("default")).then(|| {
            let names = self.targets.iter().map(|(name, _)| name.clone());
            group("default", names.collect())
        });
        let groups = self.groups.iter();
        let groups = groups.map(|(name, targets)| group(name, targets.clone()));
        everything.into_iter().chain(groups).collect()
    }

    /// Checks the names in the file.
    fn check_names(&self) -> Result<(), Error> {
        let targets: Vec<&str> = self.targets.iter().map(|(name, _)| name.as_str()).collect();
        let groups: Vec<&str> = self.groups.iter().map(|(name, _)| name.as_str()).collect();
        if targets.is_empty() {
            return Err(Error::new("a bake file needs a target: add `.target(..)`"));
        }
        let names: Vec<&str> = targets.iter().chain(&groups).copied().collect();
        for (index, name) in names.iter().enumerate() {
            check_name(name)?;
            if names[..index].contains(name) {
                return Err(Error::new(format!(
                    "bake: two targets or groups have the name `{name}`; give one another"
                )));
            }
        }
        let known: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let known = known.join(", ");
        for (group, members) in &self.groups {
            if members.is_empty() {
                return Err(Error::new(format!("bake: the group `{group}` is empty")));
            }
            if let Some(member) = members
                .iter()
                .find(|member| !names.contains(&member.as_str()))
            {
                return Err(Error::new(format!(
                    "bake: the group `{group}` has an unknown target `{}`; the targets are {known}",
                    member.escape_debug()
                )));
            }
        }
        if let Some(axis) = self
            .matrix
            .iter()
            .find(|axis| !targets.contains(&axis.target.as_str()))
        {
            return Err(Error::new(format!(
                "bake: a matrix has the unknown target `{}`; the targets are {known}",
                axis.target.escape_debug()
            )));
        }
        for (name, command) in &self.targets {
            for (_, source) in &command.build_contexts {
                if let Some(target) = source.strip_prefix("target:")
                    && !targets.contains(&target)
                {
                    return Err(Error::new(format!(
                        "target `{name}`: the build context `{}` is not a target; the targets are \
                         {known}",
                        source.escape_debug()
                    )));
                }
            }
        }
        self.check_files()
    }

    /// Checks that two different Dockerfiles are not in the same file.
    fn check_files(&self) -> Result<(), Error> {
        for (index, (name, command)) in self.targets.iter().enumerate() {
            for (other_name, other) in &self.targets[..index] {
                if command.file.as_deref() != Some("-")
                    && command.file == other.file
                    && (command.file.is_some() || command.context == other.context)
                    && command.dockerfile.render() != other.dockerfile.render()
                {
                    return Err(Error::new(format!(
                        "bake: `{other_name}` and `{name}` have different Dockerfiles in the same \
                         file; name another with `.file(..)`, or write it into the bake file with \
                         `.file(\"-\")`"
                    )));
                }
            }
        }
        Ok(())
    }
}
