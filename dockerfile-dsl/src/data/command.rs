//! What RUN, CMD and ENTRYPOINT run, as data, and back.

use serde::{Deserialize, Serialize};

use crate::Dialect;
use crate::instruction::{CommandLine, Network, RunCommand, Security};

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

impl CommandData {
    pub(super) fn of(command: CommandLine) -> Self {
        match command {
            CommandLine::Exec(arguments) => Self::Exec(arguments),
            CommandLine::Shell(line) => Self::Shell(line),
        }
    }

    pub(super) fn command(self) -> CommandLine {
        match self {
            Self::Exec(arguments) => CommandLine::Exec(arguments),
            Self::Shell(line) => CommandLine::Shell(line),
        }
    }
}

impl RunCommandData {
    pub(super) fn of(command: RunCommand) -> Self {
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

    pub(super) fn command(self) -> RunCommand {
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
    pub(super) const fn of(network: Network) -> Self {
        match network {
            Network::Default => Self::Default,
            Network::None => Self::None,
            Network::Host => Self::Host,
        }
    }

    pub(super) const fn network(self) -> Network {
        match self {
            Self::Default => Network::Default,
            Self::None => Network::None,
            Self::Host => Network::Host,
        }
    }
}

impl SecurityData {
    pub(super) const fn of(security: Security) -> Self {
        match security {
            Security::Sandbox => Self::Sandbox,
            Security::Insecure => Self::Insecure,
        }
    }

    pub(super) const fn security(self) -> Security {
        match self {
            Self::Sandbox => Security::Sandbox,
            Self::Insecure => Security::Insecure,
        }
    }
}
