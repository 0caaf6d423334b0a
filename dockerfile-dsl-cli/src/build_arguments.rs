//! The arguments that `command` and `build` share: a Dockerfile, its secrets, and the settings of the build.
//!
//! In: the arguments. Out: a [`BuildCommand`] of the checked file. A secret that the file mounts and that no argument names is an
//! error that lists the missing flags.

use std::path::{Path, PathBuf};

use clap::Args;
use dockerfile_dsl::{BuildCommand, Error, Secret};
use dockerfile_dsl_analysis::suggest::{self, LikelySource, did_you_mean};

use crate::check::configuration::Configuration;
use crate::status::Status;
use crate::{output, secret_flag, source};

/// A Dockerfile and the settings of its build.
#[derive(Debug, Args)]
pub(crate) struct BuildArguments {
    /// The Dockerfile; `-` is standard input
    #[arg(value_name = "FILE", default_value = "Dockerfile")]
    file: PathBuf,
    /// A secret that the file mounts, and the source of its value; only the secrets that the build needs are passed
    #[arg(
        long = "secret",
        value_name = "id=ID,env=NAME|src=FILE|cmd=COMMAND",
        value_parser = secret_flag::declare
    )]
    secrets: Vec<Secret>,
    /// The build context: a directory or a URL
    #[arg(long, value_name = "CONTEXT", default_value = ".")]
    context: String,
    /// Build up to this stage
    #[arg(long, value_name = "STAGE")]
    target: Option<String>,
    /// A name for the image
    #[arg(long = "tag", short = 't', value_name = "IMAGE")]
    tags: Vec<String>,
    /// A build argument. Never a secret: the image's history keeps it. Without VALUE, the environment variable of that name
    #[arg(long = "build-arg", value_name = "NAME[=VALUE]")]
    build_args: Vec<String>,
    /// A named build context
    #[arg(long = "build-context", value_name = "NAME=SOURCE", value_parser = pair)]
    build_contexts: Vec<(String, String)>,
    /// A label of the image
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = pair)]
    labels: Vec<(String, String)>,
    /// The platform of the image
    #[arg(long = "platform", value_name = "OS/ARCH[/VARIANT]")]
    platforms: Vec<String>,
    /// A builder of `docker buildx`
    #[arg(long, value_name = "NAME")]
    builder: Option<String>,
    /// Run the steps that get secrets again, even if the cache has their result
    #[arg(long)]
    fresh_secrets: bool,
    /// Levels of rules, allowed names, trusted programs [default: dockerfile-dsl.toml in this directory or one above it]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A file of rows for your own programs, in addition to those that dockerfile-dsl.toml names
    #[arg(long = "programs", value_name = "FILE")]
    programs: Vec<PathBuf>,
}

/// Parses `NAME=VALUE`.
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once('=')
        .ok_or_else(|| format!("expected NAME=VALUE, not `{text}`"))?;
    Ok((key.to_owned(), value.to_owned()))
}

/// Reports why the library refused, and returns the status of it: a leak is a finding, anything else a failure.
pub(crate) fn refused(error: &Error) -> Status {
    output::complain(&error.to_string());
    if error.findings().is_empty() {
        Status::Incomplete
    } else {
        Status::Findings
    }
}

/// Result of the arguments: a build, or the status of a reported mistake.
pub(crate) type Outcome = Result<BuildCommand, Status>;

impl BuildArguments {
    /// Reads and checks the file, and binds its secrets.
    pub(crate) fn command(&self) -> Result<Outcome, String> {
        let mut parsed = source::parsed(&self.file)?;
        let configuration = Configuration::load(self.config.as_deref())?;
        parsed = parsed.policy(configuration.policy().clone());
        for file in &self.programs {
            let rows = source::bytes(file)?;
            let rows = String::from_utf8_lossy(&rows).into_owned();
            parsed = parsed
                .programs(rows)
                .map_err(|error| format!("{}: {error}", output::shown(file)))?;
        }
        if let Some(message) = missing(&self.file, &parsed.secret_ids(), &self.secrets) {
            return Err(message);
        }
        let dockerfile = match parsed.bind(&self.secrets) {
            Ok(dockerfile) => dockerfile,
            Err(error) => return Ok(Err(refused(&error))),
        };
        let mounted: Vec<&str> = dockerfile.secrets().iter().map(|one| one.id()).collect();
        for secret in &self.secrets {
            if !mounted.contains(&secret.id()) {
                let id = secret.id();
                let meant = did_you_mean(id, &mounted);
                output::tell(&format!("note: no step mounts the secret `{id}`{meant}\n"));
            }
        }
        let mut command = dockerfile.build_command();
        self.configure(&mut command);
        Ok(Ok(command))
    }

    /// Returns the names for the image.
    pub(crate) fn tags(&self) -> &[String] {
        &self.tags
    }

    fn configure(&self, command: &mut BuildCommand) {
        command.context(&self.context);
        // Where the tool looks for it anyway.
        if self.file != Path::new(&self.context).join("Dockerfile")
            && !(self.context == "." && self.file == Path::new("Dockerfile"))
        {
            command.file(self.file.to_string_lossy());
        }
        if let Some(target) = &self.target {
            command.target(target);
        }
        for tag in &self.tags {
            command.tag(tag);
        }
        for argument in &self.build_args {
            match argument.split_once('=') {
                Some((name, value)) => command.build_arg(name, value),
                None => command.build_arg_from_env(argument),
            };
        }
        for (name, source) in &self.build_contexts {
            command.build_context(name, source);
        }
        for (key, value) in &self.labels {
            command.label(key, value);
        }
        for platform in &self.platforms {
            command.platform(platform);
        }
        if let Some(builder) = &self.builder {
            command.builder(builder);
        }
        if self.fresh_secrets {
            command.fresh_secrets();
        }
    }
}

/// Returns the error for ids that no flag names, with the flags to add.
fn missing(file: &Path, mounted: &[String], given: &[Secret]) -> Option<String> {
    let is_given = |id: &&String| given.iter().any(|secret| secret.id() == id.as_str());
    let unused: Vec<&str> = given
        .iter()
        .map(Secret::id)
        .filter(|id| !mounted.iter().any(|mounted| mounted == id))
        .collect();
    // What depends on a variable has no id yet, and `bind` says so.
    let missing: Vec<&String> = mounted
        .iter()
        .filter(|id| !id.contains('$') && !is_given(id))
        .collect();
    if missing.is_empty() {
        return None;
    }
    let lines = missing.iter().map(|id| {
        let meant = did_you_mean(id, &unused);
        let meant = match meant.strip_prefix(", ").and_then(|it| it.strip_suffix('?')) {
            Some(meant) => format!("    # {meant} in your `--secret`?"),
            None => String::new(),
        };
        format!("\n  --secret {}{meant}", likely_source(id))
    });
    Some(format!(
        "{} mounts secrets that no `--secret` names; add, with the true source of each:{}",
        output::shown(file),
        lines.collect::<String>()
    ))
}

/// Returns the value of a flag with the most likely source of a secret.
pub(crate) fn likely_source(id: &str) -> String {
    match suggest::likely_source(id) {
        LikelySource::Variable(name) => format!("id={id},env={name}"),
        LikelySource::File(path) => format!("id={id},src={path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_valid_flags() {
        for (id, expected) in [
            ("TOKEN", "id=TOKEN,env=TOKEN"),
            ("npmrc", "id=npmrc,src=~/.npmrc"),
            (".netrc", "id=.netrc,src=~/.netrc"),
            ("gh-token", "id=gh-token,env=GH_TOKEN"),
            ("1st.key", "id=1st.key,env=_1ST_KEY"),
        ] {
            assert_eq!(likely_source(id), expected);
            assert!(secret_flag::declare(expected).is_ok(), "{expected}");
        }
    }
}
