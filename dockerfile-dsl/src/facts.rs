//! Facts that a checked Dockerfile requires of its build command: secrets, SSH agents, build arguments, stages.
//!
//! In: the instructions of the file, as they were read back. Out: plain facts, in the order of the file. Invariant: each secret
//! is listed once, under the id that the command line has to use.

mod parts;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use dockerfile_dsl_analysis::LineIndex;
use dockerfile_dsl_analysis::bases::Bases;
use dockerfile_dsl_analysis::dockerfile::{
    self, Environment, File, Instruction, Kind, Mount, Source,
};

use parts::Parts;

use crate::instruction::{Address, is_git, is_git_over_ssh};
use crate::masked_debug::Variable;
use crate::problem::Problems;
use crate::secret::SecretsById;
use crate::{Secret, SecretSource};

/// A secret that the Dockerfile needs: `--secret id=ID,env=..` or `--secret id=ID,src=..`.
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};
/// # const TOKEN: Secret = Secret::env("TOKEN");
/// # let stage = Stage::from_image("debian").run(sh!("curl -fsS -H @{TOKEN} https://example.com -o /srv/x")).build();
/// # let image = Dockerfile::from_stage(&stage)?;
/// let [token] = image.secrets() else { panic!() };
/// assert!(token.is_required());
/// assert_eq!((token.id(), token.uses()[0].line), ("TOKEN", 2));
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildSecret {
    pub(crate) id: String,
    pub(crate) secret: Secret,
    pub(crate) uses: Vec<SecretUse>,
}

impl BuildSecret {
    /// Returns the id on the command line. For the implicit secrets of `ADD` it is BuildKit's name, not the secret's own id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the secret as it was declared.
    #[must_use]
    pub fn secret(&self) -> Secret {
        self.secret
    }

    /// Returns the source of the value.
    #[must_use]
    pub fn source(&self) -> SecretSource {
        self.secret.source()
    }

    /// Whether a step fails without it.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.uses.iter().any(|used| used.required)
    }

    /// Returns each instruction that gets it, in the order of the file.
    #[must_use]
    pub fn uses(&self) -> &[SecretUse] {
        &self.uses
    }
}

/// One instruction that gets a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SecretUse {
    /// Index of the stage in [`Dockerfile::stages`](crate::Dockerfile::stages).
    pub stage: usize,
    /// Index of the instruction in its stage, without the FROM.
    pub instruction: usize,
    /// The line in the Dockerfile where the instruction starts, from 1.
    pub line: usize,
    /// How the instruction gets the value.
    pub delivery: Delivery,
    /// Whether the instruction fails without the secret.
    pub required: bool,
    /// Whether it comes from an `ONBUILD` of the base stage: `instruction` and `line` are those of the `ONBUILD`.
    pub is_onbuild: bool,
}

/// How an instruction gets a secret's value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// A mounted file.
    File {
        /// Path in the container.
        target: String,
        /// User that owns it.
        uid: u32,
        /// Group that owns it.
        gid: u32,
        /// Permissions.
        mode: u32,
        /// User of the step, as the last `USER` of the stage sets it; `None` is the base image's, usually root.
        user: Option<String>,
    },
    /// An environment variable of the step.
    Env {
        /// Name of the variable.
        variable: String,
    },
    /// A header of the request that BuildKit itself makes for an `ADD`.
    Header,
}

/// A build argument that the Dockerfile declares: `--build-arg NAME=..`.
#[derive(Clone, PartialEq, Eq)]
pub struct BuildArgument {
    pub(crate) name: String,
    pub(crate) default: Option<String>,
}

impl fmt::Debug for BuildArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BuildArgument")
            .field(&Variable(&self.name, self.default.as_deref()))
            .finish()
    }
}

impl BuildArgument {
    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the first default in the file, as it is written there.
    #[must_use]
    pub fn default(&self) -> Option<&str> {
        self.default.as_deref()
    }
}

/// A stage of the file.
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};
/// # const TOKEN: Secret = Secret::env("TOKEN");
/// # let stage = Stage::from_image("debian").run(sh!("curl -fsS -H @{TOKEN} https://example.com -o /srv/x")).build();
/// # let image = Dockerfile::from_stage(&stage)?;
/// let stage = &image.stages()[0];
/// assert_eq!((stage.name(), stage.uses_secrets()), (None, true));
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageFacts {
    pub(crate) name: Option<String>,
    pub(crate) uses_secrets: bool,
    /// The stages that it is made of.
    pub(crate) parts: Parts,
}

impl StageFacts {
    /// Returns the name in the file, for `--target` and `--no-cache-filter`.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Whether one of its instructions gets a secret.
    #[must_use]
    pub fn uses_secrets(&self) -> bool {
        self.uses_secrets
    }
}

/// All facts that a file requires of its command line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub(crate) secrets: Vec<BuildSecret>,
    pub(crate) ssh: Vec<String>,
    pub(crate) arguments: Vec<BuildArgument>,
    pub(crate) stages: Vec<StageFacts>,
}

/// Collects the facts of a file. `declared` maps command-line ids to secrets; a mounted id that is missing there is a problem.
pub(crate) fn collect(
    file: &File,
    lines: &LineIndex,
    declared: &SecretsById,
    problems: &mut Problems,
) -> Facts {
    let mut collector = Collector {
        lines,
        declared,
        problems,
        secrets: BTreeMap::new(),
        ssh: BTreeSet::new(),
        arguments: Vec::new(),
        is_trigger: false,
    };
    for argument in &file.global_args {
        collector.arguments(argument);
    }
    dockerfile::walk(file, Bases::NONE, |visited| {
        collector.is_trigger = visited.is_trigger;
        collector.instruction(
            (visited.stage, visited.index),
            visited.instruction,
            visited.environment,
        );
    });
    let Collector {
        secrets,
        ssh,
        arguments,
        ..
    } = collector;
    let with_secrets: BTreeSet<usize> = secrets
        .values()
        .flat_map(|secret| secret.uses.iter().map(|used| used.stage))
        .collect();
    Facts {
        secrets: secrets.into_values().collect(),
        ssh: ssh.into_iter().collect(),
        arguments,
        stages: stages(file, &with_secrets),
    }
}

/// Returns the stages of a file.
pub(crate) fn stages(file: &File, with_secrets: &BTreeSet<usize>) -> Vec<StageFacts> {
    let stages = file.stages.iter().enumerate();
    let stages = stages.map(|(index, stage)| StageFacts {
        name: stage.name.as_ref().map(|name| name.name.clone()),
        uses_secrets: with_secrets.contains(&index),
        parts: parts::parts(file, index),
    });
    stages.collect()
}

struct Collector<'a> {
    lines: &'a LineIndex,
    declared: &'a SecretsById,
    problems: &'a mut Problems,
    secrets: BTreeMap<String, BuildSecret>,
    ssh: BTreeSet<String>,
    arguments: Vec<BuildArgument>,
    /// Whether the current instruction comes from an ONBUILD of the base stage.
    is_trigger: bool,
}

impl Collector<'_> {
    fn instruction(
        &mut self,
        at: (usize, usize),
        instruction: &Instruction,
        environment: &Environment,
    ) {
        let line = self.lines.line(instruction.span.start);
        self.problems.place = format!("line {line}");
        match &instruction.kind {
            Kind::Arg(_) => self.arguments(instruction),
            Kind::Add(transfer) => {
                for source in &transfer.sources {
                    let Source::Path(path) = source else { continue };
                    let url = environment
                        .expand(path)
                        .unwrap_or_else(|_| path.to_string());
                    self.remote(at, line, &url);
                }
            }
            Kind::Run(run) => {
                for flag in &run.mounts {
                    match environment.mount(flag) {
                        Ok(mount) => self.mount(at, line, mount, environment),
                        Err(error) => self.problems.wrong(format!("--mount: {error}")),
                    }
                }
            }
            _ => {}
        }
    }

    fn mount(
        &mut self,
        (stage, instruction): (usize, usize),
        line: usize,
        mount: Mount,
        environment: &Environment,
    ) {
        match mount {
            Mount::Ssh(ssh) => {
                self.agent(&ssh.id);
            }
            Mount::Secret(mount) if mount.unknown().is_some() => {
                let variable = mount.unknown().unwrap_or_default();
                let name = variable.trim_start_matches("${").trim_end_matches('}');
                self.problems.wrong(format!(
                    "a secret mount depends on `{variable}`, which has no value here, so the \
                     command line cannot pass the secret: give it one (`ARG {name}=..`), or write \
                     the id, the target and the variable themselves"
                ));
            }
            Mount::Secret(mount) => {
                let is_onbuild = self.is_trigger;
                let used = |delivery| SecretUse {
                    stage,
                    instruction,
                    line,
                    delivery,
                    required: mount.required,
                    is_onbuild,
                };
                let file = mount.target.as_ref().map(|target| Delivery::File {
                    target: environment.absolute(target),
                    uid: mount.uid,
                    gid: mount.gid,
                    mode: mount.mode,
                    user: Some(environment.user().to_owned()).filter(|user| !user.is_empty()),
                });
                let variable = mount.env.clone().map(|variable| Delivery::Env { variable });
                if let Some(file) = file {
                    self.used(&mount.id, used(file));
                }
                if let Some(variable) = variable {
                    self.used(&mount.id, used(variable));
                }
            }
            Mount::Bind(_) | Mount::Cache(_) | Mount::Tmpfs(_) => {}
        }
    }

    /// Records the ids that BuildKit looks up by itself for a remote source, if the command line may provide them.
    fn remote(&mut self, (stage, instruction): (usize, usize), line: usize, url: &str) {
        if is_git_over_ssh(url) {
            self.agent("default");
        }
        let Some(address) = Address::of(url) else {
            return;
        };
        let ids = if is_git(url) {
            let of_host = |name: &str| format!("{name}.{}", address.authority);
            vec![
                of_host("GIT_AUTH_HEADER"),
                of_host("GIT_AUTH_TOKEN"),
                "GIT_AUTH_HEADER".to_owned(),
                "GIT_AUTH_TOKEN".to_owned(),
            ]
        } else {
            vec![
                format!("HTTP_AUTH_HEADER_{}", address.host),
                format!("HTTP_AUTH_TOKEN_{}", address.host),
            ]
        };
        for id in ids {
            if let Some(secret) = self.declared.get(&id) {
                let required = !secret.is_optional();
                self.used(
                    &id,
                    SecretUse {
                        stage,
                        instruction,
                        line,
                        delivery: Delivery::Header,
                        required,
                        is_onbuild: self.is_trigger,
                    },
                );
            }
        }
    }

    fn agent(&mut self, id: &str) {
        self.ssh.insert(id.to_owned());
    }

    fn used(&mut self, id: &str, used: SecretUse) {
        let Some(secret) = self.declared.get(id) else {
            let known: Vec<String> = self.declared.keys().map(|id| format!("`{id}`")).collect();
            let passed = if known.is_empty() {
                String::new()
            } else {
                format!(" (declared: {})", known.join(", "))
            };
            self.problems.wrong(format!(
                "secret `{}` is mounted but not declared: pass the `Secret` with that id{passed}",
                id.escape_debug()
            ));
            return;
        };
        self.secrets
            .entry(id.to_owned())
            .or_insert_with(|| BuildSecret {
                id: id.to_owned(),
                secret: *secret,
                uses: Vec::new(),
            })
            .uses
            .push(used);
    }

    fn arguments(&mut self, instruction: &Instruction) {
        let Kind::Arg(arguments) = &instruction.kind else {
            return;
        };
        for argument in arguments {
            let default = argument.default.as_ref().map(ToString::to_string);
            match self
                .arguments
                .iter_mut()
                .find(|known| known.name == argument.name.as_str())
            {
                Some(known) => known.default = known.default.take().or(default),
                None => self.arguments.push(BuildArgument {
                    name: argument.name.to_string(),
                    default,
                }),
            }
        }
    }
}
