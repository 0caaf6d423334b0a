//! One target of a bake file, and its part of the command line.
//!
//! In: a [`Plan`]. Out: the fields of the target, the environment variables that they name, and the permissions that bake asks
//! for.

use super::super::BuildNetwork;
use super::super::argument::Argument;
use super::super::carried::{Carried, ShellValue};
use super::super::in_context::{dockerfile, is_outside, is_remote};
use super::super::node::Node;
use super::super::plan::{Plan, Uncached};
use super::matrix::{self, Axis};
use super::text::literal;
use crate::Error;

/// Requirements of all targets.
#[derive(Default)]
pub(super) struct Parts {
    /// Environment variables that are read.
    pub(super) variables: Vec<String>,
    /// Permissions in the order of the targets, each once.
    pub(super) rights: Vec<Argument>,
    pub(super) values: Vec<ShellValue>,
}

impl Parts {
    pub(super) fn target(
        &mut self,
        name: &str,
        plan: &Plan<'_>,
        axes: &[&Axis],
    ) -> Result<Node, Error> {
        if plan.context == "-" {
            return Err(Error::new(
                "a context on standard input cannot be written into a file; name a directory",
            ));
        }
        self.collect_rights(plan);
        let suffix = matrix::suffix(axes, plan)?;
        let context = self.path(plan.context);
        let dockerfile = match plan.file {
            None => None,
            Some("-") => Some((
                "dockerfile-inline",
                Node::text(literal(&plan.dockerfile.render())),
            )),
            Some(file) => {
                let file = dockerfile("bake", plan.context, file)?;
                Some(("dockerfile", self.path(&file)))
            }
        };
        let mut args = Vec::new();
        for (argument, value) in &plan.build_args {
            let value = match value {
                Some(value) => Node::text(literal(value)),
                None => self.variable(argument)?,
            };
            args.push(((*argument).to_owned(), value));
        }
        let contexts = plan.build_contexts.iter();
        let contexts = contexts.map(|(name, source)| (literal(name), self.path(source)));
        let contexts = Node::last_of_each(contexts.collect());
        let secrets = plan.secrets.iter().map(|(id, carried)| {
            let source = match carried {
                Carried::Env(name) => ("env", Node::text(*name)),
                Carried::File(path) => ("src", self.path(path)),
                Carried::FileOf(name) => {
                    self.add_variable(name);
                    ("src", Node::text(format!("${{{name}}}")))
                }
            };
            Node::map([("id", Node::text(*id)), source])
        });
        let secrets = Node::List(secrets.collect());
        let ssh = plan.ssh.iter().map(|(id, paths)| {
            let paths = paths.iter().map(|path| self.path(path)).collect();
            Node::map([("id", Node::text(*id)), ("paths", Node::List(paths))])
        });
        let ssh = Node::List(ssh.collect());
        let mut entries = Vec::new();
        entries.extend(matrix::entries(name, axes));
        for axis in axes {
            let value = Node::text(format!("${{{}}}", axis.argument));
            args.push((axis.argument.clone(), value));
        }
        entries.push(("context", context));
        entries.extend(dockerfile);
        entries.push(("contexts", contexts));
        if let Some(stage) = plan.target {
            entries.push(("target", Node::text(literal(stage))));
        }
        entries.push(("args", Node::last_of_each(args)));
        let labels = plan.labels.iter();
        let labels = labels.map(|(key, value)| (literal(key), Node::text(literal(value))));
        entries.push(("labels", Node::last_of_each(labels.collect())));
        let tags = plan.tags.iter().map(|tag| matrix::tagged(tag, &suffix));
        entries.push(("tags", Node::texts(tags)));
        let platforms = plan.platforms.iter().map(|platform| literal(platform));
        entries.push(("platforms", Node::texts(platforms)));
        let outputs = plan.outputs.iter().map(|output| literal(output));
        entries.push(("output", Node::texts(outputs)));
        entries.push(("secret", secrets));
        entries.push(("ssh", ssh));
        match &plan.uncached {
            Uncached::Everything => entries.push(("no-cache", Node::Bool(true))),
            Uncached::Stages(stages) => {
                entries.push(("no-cache-filter", Node::texts(stages.iter().copied())));
            }
        }
        if let Some(network) = plan.network {
            entries.push(("network", Node::text(network.to_string())));
        }
        Ok(Node::map(entries))
    }

    /// Returns a path, in which `~` is the home directory of the user who builds.
    fn path(&mut self, path: &str) -> Node {
        match path.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => {
                self.add_variable("HOME");
                Node::text(format!("${{HOME}}{}", literal(rest)))
            }
            _ => Node::text(literal(path)),
        }
    }

    /// Returns the value of an environment variable; nothing if it is not set.
    fn variable(&mut self, name: &str) -> Result<Node, Error> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if !name.bytes().all(is_plain) || name.starts_with(|first: char| first.is_ascii_digit()) {
            return Err(Error::new(format!(
                "--build-arg `{}`: invalid variable name; give its value",
                name.escape_debug()
            )));
        }
        self.add_variable(name);
        Ok(Node::text(format!("${{{name}}}")))
    }

    fn add_variable(&mut self, name: &str) {
        if !self.variables.iter().any(|known| known == name) {
            self.variables.push(name.to_owned());
        }
    }

    pub(super) fn take_values(&mut self, values: Vec<ShellValue>) -> Result<(), Error> {
        for value in values {
            match self
                .values
                .iter()
                .find(|known| known.variable == value.variable)
            {
                None => self.values.push(value),
                Some(known) if *known == value => {}
                Some(_) => {
                    return Err(Error::new(format!(
                        "bake: two secrets of different sources would be in the variable `{}`; \
                         give one another id",
                        value.variable
                    )));
                }
            }
        }
        Ok(())
    }

    /// Adds the permissions that bake would ask for.
    fn collect_rights(&mut self, plan: &Plan<'_>) {
        let mut rights = Vec::new();
        let read =
            |path: &str| is_outside(path).then(|| Argument::text("fs.read=").push_path(path));
        for (_, carried) in &plan.secrets {
            if let Carried::File(path) = carried {
                rights.extend(read(path));
            }
        }
        for (_, paths) in &plan.ssh {
            rights.extend(paths.iter().filter_map(|path| read(path)));
            if paths.is_empty() {
                rights.push(Argument::text("ssh"));
            }
        }
        let contexts = plan.build_contexts.iter().map(|(_, source)| *source);
        let contexts = contexts.chain([plan.context]);
        rights.extend(
            contexts
                .filter(|source| !is_remote(source))
                .filter_map(read),
        );
        for output in &plan.outputs {
            let fields = output.split(',');
            let dest = fields
                .filter_map(|field| field.strip_prefix("dest="))
                .next();
            if let Some(dest) = dest.filter(|dest| is_outside(dest)) {
                rights.push(Argument::text("fs.write=").push(dest));
            }
        }
        if plan.network == Some(BuildNetwork::Host) {
            rights.push(Argument::text("network.host"));
        }
        for right in rights {
            if !self.rights.contains(&right) {
                self.rights.push(right);
            }
        }
    }
}
