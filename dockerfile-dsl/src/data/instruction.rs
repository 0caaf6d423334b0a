//! Instructions as data, and back.

use serde::{Deserialize, Serialize};

use super::command::{CommandData, NetworkData, RunCommandData, SecurityData};
use super::mount::MountData;
use super::stage::{ArgData, DecisionData};
use super::transfer::{CredentialData, OriginData, TransferData};
use super::{Context, Index, is_default};
use crate::Error;
use crate::danger::RawInstruction;
use crate::instruction::{
    Add, AddKind, Cmd, Copy, Entrypoint, Env, Expose, GitDirectory, Healthcheck, Instruction,
    Label, Onbuild, Run, Shell, Stopsignal, Unpack, User, Volume, Workdir,
};
use crate::text::Text;

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

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum AddKindData {
    #[default]
    Files,
    Git,
    Http,
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
