//! `dockerfile-dsl.toml`: the decisions of a team for all its Dockerfiles.
//!
//! ```toml
//! programs = ["programs.rows"]          # rows for programs of your own, beside this file
//!
//! [rules]
//! SecretNotRequired = "off"             # or "warning", "error"
//!
//! builder-stages = "warning"            # before the tables: what is found in a stage that is no part of the image
//!
//! [[allow-name]]
//! name = "SITE_KEY"
//! reason = "shown to every visitor"
//!
//! [[trust]]
//! program = "fetch-models"
//! output = false                        # true: what it prints does not hold the secret either
//! reason = "reads the token, writes models only"
//!
//! [bases."registry.acme.com/base*"]     # what a base image sets that no Dockerfile shows
//! env = { CARGO_HOME = "/opt/cargo" }
//! workdir = "/src"
//! user = "app"
//! home = "/srv/app"                      # of that user, by its /etc/passwd
//! shell = ["/bin/bash", "-c"]
//! os = "linux"                           # or "windows"
//! ```
//!
//! Trusting a program or a name needs a reason, as in the comments of a Dockerfile.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use dockerfile_dsl_analysis::{
    Rule,
    bases::{Bases, Description},
    dockerfile::Danger,
    policy::{self, Policy},
    printable::printable,
    programs::Programs,
    suggest,
};
use serde::Deserialize;

use crate::source;

/// Name of the configuration file.
const NAME: &str = "dockerfile-dsl.toml";

#[cfg(test)]
mod schema;

#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Configuration {
    /// Level of findings in stages outside the final image.
    builder_stages: Option<Level>,
    /// Level of each rule.
    #[serde(default)]
    rules: BTreeMap<String, Level>,
    /// Names of build arguments and variables that are not secrets.
    #[serde(default)]
    allow_name: Vec<AllowName>,
    /// Programs that do not store the secrets that they get.
    #[serde(default)]
    trust: Vec<Trust>,
    /// Files of program rows, relative to the directory of this file.
    #[serde(default)]
    programs: Vec<PathBuf>,
    /// Settings of base images, by their names.
    #[serde(default)]
    bases: BTreeMap<String, Image>,
    /// All of it, with the rows of those files.
    #[serde(skip)]
    policy: Policy,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
enum Level {
    Off,
    Warning,
    Error,
}

impl Level {
    const fn of_policy(self) -> policy::Level {
        match self {
            Self::Off => policy::Level::Off,
            Self::Warning => policy::Level::Warning,
            Self::Error => policy::Level::Error,
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct Image {
    /// The variables that it sets.
    #[serde(default)]
    env: BTreeMap<String, String>,
    /// Its WORKDIR: an absolute path.
    workdir: Option<String>,
    /// Its USER.
    user: Option<String>,
    /// The home directory of that user, by its `/etc/passwd`.
    home: Option<String>,
    /// Its SHELL.
    shell: Option<Vec<String>>,
    /// Its operating system.
    #[serde(default)]
    os: System,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
enum System {
    #[default]
    Linux,
    Windows,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct AllowName {
    /// The name.
    name: String,
    /// Why it is not a secret.
    reason: String,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct Trust {
    /// The program as scripts call it, without its directory.
    program: String,
    /// Whether its output does not contain the secret either.
    #[serde(default)]
    output: bool,
    /// Why it is trusted.
    reason: String,
}

impl Configuration {
    /// Reads the file at `path`, or else the nearest one in this directory or a parent, if any.
    pub(crate) fn load(path: Option<&Path>) -> Result<Self, String> {
        let Some(path) = path.map(Path::to_owned).or_else(find) else {
            return Ok(Self::default());
        };
        let shown = printable(&path.display().to_string());
        let text = source::regular_text(&path)
            .map_err(|error| format!("{shown} cannot be read: {error}"))?;
        let mut configuration = Self::parse(&text).map_err(|error| format!("{shown}: {error}"))?;
        let directory = path.parent().unwrap_or(Path::new(""));
        for rows in &mut configuration.programs {
            *rows = directory.join(&*rows);
            configuration.policy.describe_programs(read_programs(rows)?);
        }
        Ok(configuration)
    }

    /// Returns its decisions.
    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut configuration: Self = toml::from_str(text).map_err(|error| {
            // Of the parser, which knows no values: all of those are in quotes.
            let text = error.to_string();
            let text = text.replace("wanted string or table", "expected a word in quotes");
            text.trim_end().to_owned()
        })?;
        for name in configuration.rules.keys() {
            if !Rule::ALL.iter().any(|rule| rule.name() == name) {
                let names: Vec<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
                return Err(format!(
                    "{}unknown rule `{name}`{} (`dockerfile-dsl explain --list` lists all rules)",
                    line_of(text, name),
                    suggest::did_you_mean(name, &names),
                ));
            }
        }
        let reasons = configuration
            .allow_name
            .iter()
            .map(|allowed| (&allowed.name, &allowed.reason));
        let mut reasons = reasons.chain(
            configuration
                .trust
                .iter()
                .map(|trust| (&trust.program, &trust.reason)),
        );
        if let Some((name, _)) = reasons.find(|(_, reason)| reason.trim().is_empty()) {
            let line = line_of(text, &format!("\"{name}\""));
            return Err(format!("{line}`{name}` needs a reason"));
        }
        let mut bases = Bases::default();
        for (name, image) in configuration.bases.clone() {
            let description = Description {
                image: name.clone(),
                env: image.env.into_iter().collect(),
                workdir: image.workdir,
                user: image.user,
                home: image.home,
                shell: image.shell,
                is_windows: image.os == System::Windows,
            };
            bases.describe(description).map_err(|message| {
                let head = format!("[bases.\"{name}\"]");
                format!("{}{head}: {message}", line_of(text, &head))
            })?;
        }
        configuration.decide(bases);
        Ok(configuration)
    }

    /// Returns the decisions for all files, as the comments of a Dockerfile write them, each with its reason.
    pub(crate) fn decisions(&self) -> Vec<(String, Option<String>)> {
        let trusted = self.trust.iter().map(|trust| {
            let danger = Danger::Trust {
                program: trust.program.clone(),
                output: trust.output,
            };
            (danger.to_string(), Some(trust.reason.clone()))
        });
        let names = self.allow_name.iter().map(|allowed| {
            let name = allowed.name.clone();
            let danger = Danger::AllowName { name };
            (danger.to_string(), Some(allowed.reason.clone()))
        });
        let level = |level: &Level| match level {
            Level::Off => "off",
            Level::Warning => "warning",
            Level::Error => "error",
        };
        let stages = self.builder_stages.iter();
        let stages = stages.map(|of| (format!("builder-stages={}", level(of)), None));
        let rules = self.rules.iter();
        let rules = rules.map(|(rule, of)| (format!("{rule}={}", level(of)), None));
        trusted.chain(names).chain(stages).chain(rules).collect()
    }

    /// Makes the policy of what was read.
    fn decide(&mut self, bases: Bases) {
        let policy = &mut self.policy;
        for trust in &self.trust {
            policy.trust(&trust.program, trust.output, &trust.reason);
        }
        for allowed in &self.allow_name {
            policy.allow_name(&allowed.name);
        }
        for (name, level) in &self.rules {
            if let Some(rule) = Rule::ALL.iter().find(|rule| rule.name() == name) {
                policy.level(*rule, level.of_policy());
            }
        }
        if let Some(level) = self.builder_stages {
            policy.builder_stages(level.of_policy());
        }
        policy.describe_bases(bases);
    }
}

/// Returns the place of the first line with this text, for the beginning of an error; nothing if it is spelt otherwise.
fn line_of(text: &str, what: &str) -> String {
    let line = text.lines().position(|line| line.contains(what));
    line.map_or_else(String::new, |line| format!("line {}: ", line + 1))
}

/// Reads a file of program rows. The error has one line per mistake, with its place.
fn read_programs(path: &Path) -> Result<Programs, String> {
    let shown = printable(&path.display().to_string());
    let text = source::regular_text(path)
        .map_err(|error| format!("the program rows {shown} cannot be read: {error}"))?;
    Programs::parse(&text).map_err(|errors| {
        let errors = errors.iter().map(|error| format!("{shown}:{error}"));
        errors.collect::<Vec<_>>().join("\n")
    })
}

fn find() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors()
        .map(|directory| directory.join(NAME))
        .find(|candidate| candidate.is_file())
}

#[cfg(test)]
mod tests {
    use dockerfile_dsl_analysis::{Finding, Span};

    use super::*;

    #[test]
    fn every_field_is_read() {
        let text = "[rules]\nSecretNotRequired = \"off\"\n[[allow-name]]\nname = \"A\"\nreason = \
                    \"b\"\n[[trust]]\nprogram = \"p\"\nreason = \"c\"\n";
        let configuration = Configuration::parse(text).expect("is right");
        let policy = configuration.policy();
        let finding = |rule| Finding::new(rule, Span::new(0, 1), "m");
        assert_eq!(policy.judge(finding(Rule::SecretNotRequired)), None);
        assert!(policy.judge(finding(Rule::SecretInLayer)).is_some());
        let mut named = finding(Rule::SecretsUsedInArgOrEnv);
        named.sink = "A".to_owned();
        assert_eq!(policy.judge(named), None);
    }

    #[track_caller]
    fn refused(text: &str, expected: &str) {
        let error = Configuration::parse(text).expect_err(text);
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn mistakes_are_reported() {
        refused(
            "[rules]\nSecretInLayr = \"off\"",
            "line 2: unknown rule `SecretInLayr`, did you mean `SecretInLayer`? (`dockerfile-dsl \
             explain --list`",
        );
        refused(
            "[rules]\nSecretInLayer = false",
            "line 2, column 17\n  |\n2 | SecretInLayer = false\n  |                 \
             ^^^^^\nexpected a word in quotes",
        );
        refused("[rules]\nSecretInLayer = \"of\"", "unknown variant");
        refused(
            "[[trust]]\nprogram = \"p\"\nreason = \"\"",
            "line 2: `p` needs a reason",
        );
        refused("[[trust]]\nprogram = \"p\"", "missing field `reason`");
        refused("rule = 1", "unknown field");
        refused("[bases.a]\nwrokdir = \"/\"", "line 2");
        refused(
            "[bases.a]\nwrokdir = \"/\"",
            "expected one of `env`, `workdir`, `user`",
        );
        refused("[bases.a]\nos = \"mac\"", "expected `linux` or `windows`");
        refused(
            "\n[bases.\"a b\"]\nworkdir = \"/\"",
            "line 2: [bases.\"a b\"]: invalid image name `a b`",
        );
        refused(
            "[bases.\"a\"]\nworkdir = \"src\"",
            "workdir `src` is not absolute",
        );
    }
}
