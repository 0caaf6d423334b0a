//! RUN: a script or a program, with its mounts.
//!
//! In: a script of `sh!`, or a list of arguments. Out: one line, a here-document, or the exec form, whichever carries it
//! unchanged. Invariant: a script has exactly the mounts that it was checked with.

use super::Instruction;
use crate::masked_debug::masked_debug;
use dockerfile_dsl_analysis::dockerfile::Danger;

use crate::danger::Decision;
use crate::mount::{CacheMount, Mount, SecretMount, TmpfsMount};
use crate::pen::Pen;
use crate::problem::Problems;
use crate::render::{self, Written, json, mount, script};
use crate::text::{LayerText, Sealed};
use crate::value::ScriptMount;
use crate::{Dialect, Script};

/// Runs a script or a program, and keeps the files that it wrote as a layer.
///
/// ```dockerfile
/// RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt
/// ```
///
/// See [RUN](https://docs.docker.com/reference/dockerfile/#run).
///
/// ```
/// # use dockerfile_dsl::instructions::{Instruction, Run};
/// let run = Run::exec(["/app", "--migrate"]);
/// assert_eq!(Instruction::from(run).to_string(), "RUN [\"/app\", \"--migrate\"]");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Run {
    pub(crate) command: Command,
    pub(crate) mounts: Vec<Mount>,
    pub(crate) network: Option<Network>,
    pub(crate) security: Option<Security>,
    pub(crate) devices: Vec<String>,
    pub(crate) decisions: Vec<Decision>,
}

masked_debug!(Run {
    command,
    mounts,
    network,
    security,
    devices,
    decisions
});

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Script {
        text: String,
        dialect: Dialect,
        /// Whether a failure ends it: `set -e`.
        stops_at_failure: bool,
        problems: Vec<String>,
    },
    Exec(Vec<String>),
}

/// [`--network=`](https://docs.docker.com/reference/dockerfile/#run---network)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Network {
    /// The network of the build.
    Default,
    /// No network.
    None,
    /// The network of the builder's machine; needs the entitlement `network.host`.
    Host,
}

/// [`--security=`](https://docs.docker.com/reference/dockerfile/#run---security)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Security {
    /// The sandbox of other steps.
    Sandbox,
    /// All privileges; needs the entitlement `security.insecure`.
    Insecure,
}

/// A command for RUN: a [`Script`] of `sh!`, or a [`Run`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a checked script",
    label = "expected `sh!(\"...\")`",
    note = "wrap literals in `sh!(...)`; for run-time text use `Script::parse(text, &[(\"name\", \
            &value)])?`"
)]
pub trait IntoScript: Sealed {
    #[doc(hidden)]
    fn into_run(self) -> Run;
}

impl Sealed for Script {}
impl Sealed for &Script {}
impl Sealed for Run {}
impl Sealed for &Run {}

#[diagnostic::do_not_recommend]
impl IntoScript for Script {
    fn into_run(self) -> Run {
        (&self).into_run()
    }
}

#[diagnostic::do_not_recommend]
impl IntoScript for &Script {
    fn into_run(self) -> Run {
        Run {
            command: Command::Script {
                text: self.text().to_owned(),
                dialect: self.dialect(),
                stops_at_failure: true,
                problems: self.problems().to_vec(),
            },
            mounts: self.mounts().iter().map(of_script).collect(),
            network: None,
            security: None,
            devices: Vec::new(),
            decisions: self.decisions().to_vec(),
        }
    }
}

#[diagnostic::do_not_recommend]
impl IntoScript for Run {
    fn into_run(self) -> Run {
        self
    }
}

#[diagnostic::do_not_recommend]
impl IntoScript for &Run {
    fn into_run(self) -> Run {
        self.clone()
    }
}

impl Run {
    pub(super) const KEYWORD: &str = "RUN";

    /// Runs a script, with the mounts of its values.
    #[must_use]
    pub fn new(script: impl IntoScript) -> Self {
        script.into_run()
    }

    /// Runs a program with its arguments in [exec form](https://docs.docker.com/reference/dockerfile/#exec-form), without a
    /// shell.
    #[must_use]
    pub fn exec<T: LayerText>(arguments: impl IntoIterator<Item = T>) -> Self {
        Self {
            command: Command::Exec(arguments.into_iter().map(LayerText::into_string).collect()),
            mounts: Vec::new(),
            network: None,
            security: None,
            devices: Vec::new(),
            decisions: Vec::new(),
        }
    }

    /// Adds a `--mount=`. The secrets of a script are mounted by `sh!` itself.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage, instructions::Run, mounts::CacheMount, sh};
    /// let run = Run::new(sh!("cargo build --release")).mount(CacheMount::at("/usr/local/cargo/registry"));
    /// let image = Dockerfile::from_stage(&Stage::from_image("rust:1.95").run(run).build())?;
    /// assert!(image.as_str().contains("RUN --mount=type=cache,target=/usr/local/cargo/registry "));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// In [`dockerfile!`](crate::dockerfile): `RUN [cache "/usr/local/cargo/registry"] "cargo build --release"`.
    #[must_use]
    pub fn mount(mut self, mount: impl Into<Mount>) -> Self {
        let mount = mount.into();
        if let (Command::Script { problems, .. }, Mount::Secret(_)) = (&mut self.command, &mount) {
            problems.push(
                "a secret was mounted after the script was checked: use it in a hole of \
                 `sh!`, or write `sh!(\"..\", @mount(SECRET => \"/path\"))`"
                    .to_owned(),
            );
        }
        self.mounts.push(mount);
        self
    }

    /// Leaves out the `set -e` before a script of several commands: as in a Dockerfile, only the status of the last one counts.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage, instructions::Run, sh};
    /// let run = Run::new(sh!("make check; make install")).without_set_e();
    /// let stage = Stage::from_image("debian").run(run).build();
    /// assert!(Dockerfile::from_stage(&stage)?.render().contains("RUN make check; make install"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[must_use]
    pub fn without_set_e(mut self) -> Self {
        if let Command::Script {
            stops_at_failure, ..
        } = &mut self.command
        {
            *stops_at_failure = false;
        }
        self
    }

    /// `--network=`
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage, instructions::{Network, Run}, sh};
    /// let run = Run::new(sh!("cargo test --offline")).network(Network::None);
    /// let image = Dockerfile::from_stage(&Stage::from_image("rust:1.95").run(run).build())?;
    /// assert!(image.as_str().ends_with("RUN --network=none cargo test --offline\n"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[must_use]
    pub fn network(mut self, network: Network) -> Self {
        self.network = Some(network);
        self
    }

    /// `--security=`
    #[must_use]
    pub fn security(mut self, security: Security) -> Self {
        self.security = Some(security);
        self
    }

    /// [`--device=`](https://docs.docker.com/reference/dockerfile/#run---device): a CDI device; can be repeated.
    #[must_use]
    pub fn device(mut self, device: impl LayerText) -> Self {
        self.devices.push(device.into_string());
        self
    }

    /// Adds a decision of trust: see [`danger`](crate::danger). In a script, write it as an argument of `sh!` instead.
    #[must_use]
    pub fn decide(mut self, decision: Decision) -> Self {
        self.decisions.push(decision);
        self
    }

    pub(crate) fn mounts(&self) -> &[Mount] {
        &self.mounts
    }

    pub(crate) fn secrets(&self) -> Vec<&SecretMount> {
        self.mounts
            .iter()
            .filter_map(|mount| match mount {
                Mount::Secret(secret) => Some(secret),
                _ => None,
            })
            .collect()
    }

    /// Returns the start of the script, which identifies the step in messages. It contains no value of a secret.
    pub(crate) fn first_line(&self) -> Option<String> {
        let Command::Script { text, .. } = &self.command else {
            return None;
        };
        let line = text.lines().find(|line| !line.trim().is_empty())?;
        let start: String = line.trim().chars().take(40).collect();
        Some(if start.len() < line.trim().len() {
            format!("{start}...")
        } else {
            start
        })
    }

    /// Returns the author's decisions of trust.
    pub(crate) fn decisions(&self) -> Vec<Decision> {
        let mut decisions = self.decisions.clone();
        for mount in self.secrets() {
            if let (Some(variable), Some(reason)) = (&mount.env, &mount.reason) {
                let danger = Danger::Variable {
                    id: mount.secret.id().to_owned(),
                    variable: variable.clone(),
                };
                decisions.push(Decision::of_text(danger, reason));
            }
        }
        decisions
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        match &self.command {
            Command::Exec(arguments) => {
                if arguments.is_empty() {
                    problems.unwritable("the list of arguments is empty: name the program to run");
                }
                if arguments.iter().any(|argument| argument.contains('\0')) {
                    problems.unwritable("an argument contains a NUL, which no program can receive");
                }
            }
            Command::Script {
                text,
                problems: of_script,
                ..
            } => {
                for problem in of_script {
                    problems.wrong(problem);
                }
                if text.contains('\0') {
                    problems.unwritable("the script contains a NUL, which no shell can receive");
                }
                if text.trim_start().starts_with("#!") {
                    problems.wrong(
                        "the script starts with `#!`: BuildKit would run it as a file, without the \
                         checks; name the shell with SHELL",
                    );
                }
            }
        }
        for mount in &self.mounts {
            mount.check(problems);
        }
        for device in &self.devices {
            problems.flag("--device", device);
            if device.is_empty() {
                problems.wrong("--device is empty");
            }
        }
        self.check_targets(problems);
    }

    /// Reports two mounts with the same target: one hides the other. If one of them is a secret, the check of the text reports
    /// it.
    fn check_targets(&self, problems: &mut Problems) {
        let mut targets = Vec::new();
        for mount in &self.mounts {
            if matches!(mount, Mount::Secret(_)) {
                continue;
            }
            let Some(target) = mount.target() else {
                continue;
            };
            if targets.contains(&target) {
                problems.wrong(format!(
                    "two mounts have the target `{}`",
                    target.content.escape_debug()
                ));
            }
            targets.push(target);
        }
        let mut variables = Vec::new();
        for secret in self.secrets() {
            let Some(variable) = &secret.env else {
                continue;
            };
            if variables.contains(&variable) {
                problems.wrong(format!("two secrets use the variable `{variable}`"));
            }
            variables.push(variable);
        }
    }

    /// Checks what depends on the place in the stage.
    pub(crate) fn check_place(&self, pen: &Pen<'_>, problems: &mut Problems) {
        let Command::Script { text, dialect, .. } = &self.command else {
            return;
        };
        if *dialect == Dialect::Bash && !pen.shell.is_bash() {
            problems.wrong(format!(
                "the script is written for bash, and `{}` would read it: write \
                 `.shell([\"/bin/bash\", \"-c\"])` before it",
                pen.shell.program().escape_debug()
            ));
        }
        if text.len() + script::LONGEST_PREFIX <= script::LONGEST_ARGUMENT {
            return;
        }
        let length = self.script(&pen.shell).map_or(0, |text| text.len());
        if length > script::LONGEST_ARGUMENT {
            problems.wrong(format!(
                "the script has {length} bytes, and a shell can receive {} at most: put it into a \
                 file, or into several steps",
                script::LONGEST_ARGUMENT
            ));
        }
    }

    /// Returns the text that the shell gets.
    fn script(&self, shell: &script::ScriptShell) -> Option<String> {
        match &self.command {
            Command::Script {
                text,
                dialect,
                stops_at_failure: true,
                ..
            } => Some(script::under_set_e(text, *dialect, shell)),
            Command::Script { text, .. } => Some(text.clone()),
            Command::Exec(_) => None,
        }
    }

    pub(super) fn write(&self, pen: &Pen<'_>) -> Written {
        let mounts = self.mounts.iter();
        let mut flags: Vec<String> = mounts
            .map(|mount| mount::mount(&mount.fields(pen), pen.escape))
            .collect();
        if let Some(network) = self.network {
            flags.push(format!("--network={}", network.word()));
        }
        if let Some(security) = self.security {
            flags.push(format!("--security={}", security.word()));
        }
        for device in &self.devices {
            flags.push(pen.flag("device", device));
        }
        let command = match &self.command {
            Command::Exec(arguments) => {
                Written::line(json::array(arguments.iter().map(String::as_str)))
            }
            Command::Script { .. } => script::write(
                &self.script(&pen.shell).unwrap_or_default(),
                &pen.shell,
                pen.here_documents,
            ),
        };
        Written {
            head: layout(&flags, &command.head, pen.escape),
            bodies: command.bodies,
        }
    }
}

/// Puts each flag on its own line if they do not fit beside the command.
fn layout(flags: &[String], command: &str, escape: char) -> String {
    let line = render::instruction(Run::KEYWORD, flags, command);
    if flags.is_empty() || (flags.len() == 1 && line.len() <= 120) {
        return line;
    }
    let next = format!(" {escape}\n    ");
    format!("RUN {}{next}{command}", flags.join(&next))
}

fn of_script(mount: &ScriptMount) -> Mount {
    match mount {
        ScriptMount::SecretFile { secret, target } => {
            let mount = SecretMount::new(*secret);
            Mount::Secret(match target {
                Some(target) => mount.target(target),
                None => mount,
            })
        }
        ScriptMount::SecretEnv {
            secret,
            variable,
            reason,
        } => Mount::Secret(SecretMount::new(*secret).env(variable, reason)),
        ScriptMount::Tmpfs { target } => Mount::Tmpfs(TmpfsMount::at(target)),
        ScriptMount::Cache { target, id } => {
            let mount = CacheMount::at(target);
            Mount::Cache(match id {
                Some(id) => mount.id(id),
                None => mount,
            })
        }
    }
}

impl Network {
    const fn word(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::None => "none",
            Self::Host => "host",
        }
    }
}

impl Security {
    const fn word(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Insecure => "insecure",
        }
    }
}

impl From<&Run> for Instruction {
    fn from(run: &Run) -> Self {
        Self::Run(run.clone())
    }
}
