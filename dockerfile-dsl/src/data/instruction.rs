//! Instructions as data, and back.

use serde::{Deserialize, Serialize};

use super::mount::MountData;
use super::stage::{ArgData, DecisionData};
use super::{Context, Index, SecretUseData, is_default};
use crate::danger::RawInstruction;
use crate::instruction::{
    Add, AddKind, Cmd, CommandLine, Copy, Credential, Entrypoint, Env, Expose, GitDirectory,
    Healthcheck, InlineFile, Instruction, Label, Network, Onbuild, Origin, Run, RunCommand,
    Security, Shell, Source, Stopsignal, Transfer, Unpack, User, Volume, Workdir,
};
use crate::text::Text;
use crate::{Dialect, Error};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub(super) enum InstructionData {
    Add {
        transfer: TransferData,
        #[serde(default, skip_serializing_if = "is_default")]
        kind: AddKindData,
        #[serde(default, skip_serializing_if = "is_default")]
        checksum: Option<Text>,
        #[serde(default, skip_serializing_if = "is_default")]
        unpack: Option<bool>,
        #[serde(default, skip_serializing_if = "is_default")]
        keep_git_dir: Option<bool>,
        #[serde(default, skip_serializing_if = "is_default")]
        credentials: Vec<CredentialData>,
    },
    Arg(ArgData),
    Cmd(CommandData),
    Copy {
        transfer: TransferData,
        #[serde(default, skip_serializing_if = "is_default")]
        from: Option<OriginData>,
        #[serde(default, skip_serializing_if = "is_default")]
        parents: bool,
    },
    Entrypoint(CommandData),
    Env(Vec<(String, Text)>),
    Expose(Vec<Text>),
    Healthcheck {
        /// Without one: NONE.
        #[serde(default, skip_serializing_if = "is_default")]
        command: Option<CommandData>,
        #[serde(default, skip_serializing_if = "is_default")]
        interval: Option<String>,
        #[serde(default, skip_serializing_if = "is_default")]
        timeout: Option<String>,
        #[serde(default, skip_serializing_if = "is_default")]
        start_period: Option<String>,
        #[serde(default, skip_serializing_if = "is_default")]
        start_interval: Option<String>,
        #[serde(default, skip_serializing_if = "is_default")]
        retries: Option<u32>,
    },
    Label(Vec<(String, Text)>),
    Onbuild(Box<InstructionData>),
    Run {
        command: RunCommandData,
        #[serde(default, skip_serializing_if = "is_default")]
        mounts: Vec<MountData>,
        #[serde(default, skip_serializing_if = "is_default")]
        network: Option<NetworkData>,
        #[serde(default, skip_serializing_if = "is_default")]
        security: Option<SecurityData>,
        #[serde(default, skip_serializing_if = "is_default")]
        devices: Vec<String>,
        #[serde(default, skip_serializing_if = "is_default")]
        decisions: Vec<DecisionData>,
    },
    Shell(Vec<String>),
    Stopsignal(Text),
    User(Text),
    Volume(Vec<Text>),
    Workdir(Text),
    /// An instruction as text.
    Raw {
        text: String,
        reason: String,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct TransferData {
    sources: Vec<SourceData>,
    destination: Text,
    #[serde(default, skip_serializing_if = "is_default")]
    chown: Option<Text>,
    #[serde(default, skip_serializing_if = "is_default")]
    chmod: Option<Text>,
    #[serde(default, skip_serializing_if = "is_default")]
    link: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    excludes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
enum SourceData {
    Path(String),
    Glob(String),
    Expand(String),
    Remote(String),
    Inline { name: String, content: String },
}

/// Where files are taken from, if not from the build context.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) enum OriginData {
    Image(String),
    /// The index of a stage that stands before.
    Stage(usize),
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum AddKindData {
    #[default]
    Files,
    Git,
    Http,
}

/// A secret that the builder uses for its request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) enum CredentialData {
    Token(SecretUseData),
    Header(SecretUseData),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) enum CommandData {
    Exec(Vec<String>),
    Shell(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) enum RunCommandData {
    Exec(Vec<String>),
    /// For the SHELL, which reads POSIX sh.
    Script(String),
    /// For the SHELL, which has to be bash.
    BashScript(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum NetworkData {
    Default,
    None,
    Host,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum SecurityData {
    Sandbox,
    Insecure,
}

impl InstructionData {
    pub(super) fn of(instruction: &Instruction, index: &Index<'_>) -> Self {
        match instruction.clone() {
            Instruction::Add(add) => Self::Add {
                transfer: TransferData::of(add.transfer),
                kind: match add.kind {
                    AddKind::Files => AddKindData::Files,
                    AddKind::Git => AddKindData::Git,
                    AddKind::Http => AddKindData::Http,
                },
                checksum: add.checksum,
                unpack: add.unpack.map(|unpack| unpack == Unpack::Unpack),
                keep_git_dir: add
                    .git_directory
                    .map(|directory| directory == GitDirectory::Keep),
                credentials: add
                    .credentials
                    .into_iter()
                    .map(CredentialData::of)
                    .collect(),
            },
            Instruction::Arg(arg) => Self::Arg(ArgData::of(&arg)),
            Instruction::Cmd(cmd) => Self::Cmd(CommandData::of(cmd.command)),
            Instruction::Copy(copy) => Self::Copy {
                transfer: TransferData::of(copy.transfer),
                from: copy.from.map(|from| OriginData::of(&from, index)),
                parents: copy.parents,
            },
            Instruction::Entrypoint(entrypoint) => {
                Self::Entrypoint(CommandData::of(entrypoint.command))
            }
            Instruction::Env(env) => Self::Env(env.pairs),
            Instruction::Expose(expose) => Self::Expose(expose.ports),
            Instruction::Healthcheck(Healthcheck {
                command,
                interval,
                timeout,
                start_period,
                start_interval,
                retries,
            }) => Self::Healthcheck {
                command: command.map(CommandData::of),
                interval,
                timeout,
                start_period,
                start_interval,
                retries,
            },
            Instruction::Label(label) => Self::Label(label.pairs),
            Instruction::Onbuild(onbuild) => {
                Self::Onbuild(Box::new(Self::of(&onbuild.instruction, index)))
            }
            Instruction::Run(run) => Self::Run {
                command: RunCommandData::of(run.command),
                mounts: run
                    .mounts
                    .iter()
                    .map(|mount| MountData::of(mount, index))
                    .collect(),
                network: run.network.map(NetworkData::of),
                security: run.security.map(SecurityData::of),
                devices: run.devices,
                decisions: run.decisions.iter().filter_map(DecisionData::of).collect(),
            },
            Instruction::Shell(shell) => Self::Shell(shell.arguments),
            Instruction::Stopsignal(stopsignal) => Self::Stopsignal(stopsignal.signal),
            Instruction::User(user) => Self::User(user.user),
            Instruction::Volume(volume) => Self::Volume(volume.paths),
            Instruction::Workdir(workdir) => Self::Workdir(workdir.directory),
            Instruction::Raw(RawInstruction { text, reason }) => Self::Raw { text, reason },
        }
    }

    pub(super) fn instruction(&self, context: &Context) -> Result<Instruction, Error> {
        Ok(match self.clone() {
            Self::Add {
                transfer,
                kind,
                checksum,
                unpack,
                keep_git_dir,
                credentials,
            } => Instruction::Add(Add {
                transfer: transfer.transfer(),
                kind: match kind {
                    AddKindData::Files => AddKind::Files,
                    AddKindData::Git => AddKind::Git,
                    AddKindData::Http => AddKind::Http,
                },
                checksum,
                unpack: unpack.map(|unpack| if unpack { Unpack::Unpack } else { Unpack::Keep }),
                git_directory: keep_git_dir.map(|keep| {
                    if keep {
                        GitDirectory::Keep
                    } else {
                        GitDirectory::Remove
                    }
                }),
                credentials: credentials
                    .iter()
                    .map(|credential| credential.credential(context))
                    .collect::<Result<_, _>>()?,
            }),
            Self::Arg(arg) => Instruction::Arg(arg.arg()),
            Self::Cmd(command) => Instruction::Cmd(Cmd {
                command: command.command(),
            }),
            Self::Copy {
                transfer,
                from,
                parents,
            } => {
                let from = from.map(|from| from.origin(context)).transpose()?;
                Instruction::Copy(Copy {
                    transfer: transfer.transfer(),
                    from,
                    parents,
                })
            }
            Self::Entrypoint(command) => Instruction::Entrypoint(Entrypoint {
                command: command.command(),
            }),
            Self::Env(pairs) => Instruction::Env(Env { pairs }),
            Self::Expose(ports) => Instruction::Expose(Expose { ports }),
            Self::Healthcheck {
                command,
                interval,
                timeout,
                start_period,
                start_interval,
                retries,
            } => {
                let command = command.map(CommandData::command);
                Instruction::Healthcheck(Healthcheck {
                    command,
                    interval,
                    timeout,
                    start_period,
                    start_interval,
                    retries,
                })
            }
            Self::Label(pairs) => Instruction::Label(Label { pairs }),
            Self::Onbuild(inner) => Instruction::Onbuild(Onbuild {
                instruction: Box::new(inner.instruction(context)?),
            }),
            Self::Run {
                command,
                mounts,
                network,
                security,
                devices,
                decisions,
            } => Instruction::Run(Run {
                command: command.command(),
                mounts: mounts
                    .iter()
                    .map(|mount| mount.mount(context))
                    .collect::<Result<_, _>>()?,
                network: network.map(NetworkData::network),
                security: security.map(SecurityData::security),
                devices,
                decisions: decisions
                    .iter()
                    .map(DecisionData::decision)
                    .collect::<Result<_, _>>()?,
            }),
            Self::Shell(arguments) => Instruction::Shell(Shell { arguments }),
            Self::Stopsignal(signal) => Instruction::Stopsignal(Stopsignal { signal }),
            Self::User(user) => Instruction::User(User { user }),
            Self::Volume(paths) => Instruction::Volume(Volume { paths }),
            Self::Workdir(directory) => Instruction::Workdir(Workdir { directory }),
            Self::Raw { text, reason } => Instruction::Raw(RawInstruction { text, reason }),
        })
    }
}

impl TransferData {
    fn of(transfer: Transfer) -> Self {
        let Transfer {
            sources,
            destination,
            chown,
            chmod,
            link,
            excludes,
        } = transfer;
        Self {
            sources: sources.into_iter().map(SourceData::of).collect(),
            destination,
            chown,
            chmod,
            link,
            excludes,
        }
    }

    fn transfer(self) -> Transfer {
        let Self {
            sources,
            destination,
            chown,
            chmod,
            link,
            excludes,
        } = self;
        Transfer {
            sources: sources.into_iter().map(SourceData::source).collect(),
            destination,
            chown,
            chmod,
            link,
            excludes,
        }
    }
}

impl SourceData {
    fn of(source: Source) -> Self {
        match source {
            Source::Path(path) => Self::Path(path),
            Source::Glob(pattern) => Self::Glob(pattern),
            Source::Expand(text) => Self::Expand(text),
            Source::Remote(url) => Self::Remote(url),
            Source::Inline(InlineFile { name, content }) => Self::Inline { name, content },
        }
    }

    fn source(self) -> Source {
        match self {
            Self::Path(path) => Source::Path(path),
            Self::Glob(pattern) => Source::Glob(pattern),
            Self::Expand(text) => Source::Expand(text),
            Self::Remote(url) => Source::Remote(url),
            Self::Inline { name, content } => Source::Inline(InlineFile { name, content }),
        }
    }
}

impl OriginData {
    pub(super) fn of(origin: &Origin, index: &Index<'_>) -> Self {
        match origin {
            Origin::Stage(stage) => Self::Stage(index.of(stage)),
            Origin::Image(image) => Self::Image(image.clone()),
        }
    }

    pub(super) fn origin(&self, context: &Context) -> Result<Origin, Error> {
        Ok(match self {
            Self::Stage(index) => Origin::Stage(context.stage(*index)?),
            Self::Image(image) => Origin::Image(image.clone()),
        })
    }
}

impl CredentialData {
    fn of((credential, secret): (Credential, crate::Secret)) -> Self {
        match credential {
            Credential::Token => Self::Token(SecretUseData::of(secret)),
            Credential::Header => Self::Header(SecretUseData::of(secret)),
        }
    }

    fn credential(&self, context: &Context) -> Result<(Credential, crate::Secret), Error> {
        Ok(match self {
            Self::Token(used) => (Credential::Token, context.secret(used)?),
            Self::Header(used) => (Credential::Header, context.secret(used)?),
        })
    }
}

impl CommandData {
    fn of(command: CommandLine) -> Self {
        match command {
            CommandLine::Exec(arguments) => Self::Exec(arguments),
            CommandLine::Shell(line) => Self::Shell(line),
        }
    }

    fn command(self) -> CommandLine {
        match self {
            Self::Exec(arguments) => CommandLine::Exec(arguments),
            Self::Shell(line) => CommandLine::Shell(line),
        }
    }
}

impl RunCommandData {
    fn of(command: RunCommand) -> Self {
        match command {
            RunCommand::Exec(arguments) => Self::Exec(arguments),
            RunCommand::Script {
                text,
                dialect: Dialect::Posix,
                ..
            } => Self::Script(text),
            RunCommand::Script {
                text,
                dialect: Dialect::Bash,
                ..
            } => Self::BashScript(text),
        }
    }

    fn command(self) -> RunCommand {
        let (text, dialect) = match self {
            Self::Exec(arguments) => return RunCommand::Exec(arguments),
            Self::Script(text) => (text, Dialect::Posix),
            Self::BashScript(text) => (text, Dialect::Bash),
        };
        RunCommand::Script {
            text,
            dialect,
            problems: Vec::new(),
        }
    }
}

impl NetworkData {
    const fn of(network: Network) -> Self {
        match network {
            Network::Default => Self::Default,
            Network::None => Self::None,
            Network::Host => Self::Host,
        }
    }

    const fn network(self) -> Network {
        match self {
            Self::Default => Network::Default,
            Self::None => Network::None,
            Self::Host => Network::Host,
        }
    }
}

impl SecurityData {
    const fn of(security: Security) -> Self {
        match security {
            Security::Sandbox => Self::Sandbox,
            Security::Insecure => Self::Insecure,
        }
    }

    const fn security(self) -> Security {
        match self {
            Self::Sandbox => Security::Sandbox,
            Self::Insecure => Security::Insecure,
        }
    }
}
