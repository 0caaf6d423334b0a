//! Sinks: where a value stays, or where the analysis loses it.
//!
//! In: built by the interpreter (a log, a program), and from the files that a step leaves. Out: the [`Rule`] that it violates and a
//! [`SinkCode`].

use std::borrow::Cow;
use std::rc::Rc;

use super::cause::Cause;
use super::doubt::Doubt;
use super::step::Step;
use super::symbol::SymbolicPath;
use crate::Rule;
use crate::code::{CauseCode, SinkCode};
use crate::uses::Host;

/// A place where a value stays, or where the analysis loses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sink {
    /// The build log, with the command that prints.
    BuildLog(Cause),
    /// A file that the step leaves.
    File {
        keeper: Keeper,
        path: SymbolicPath,
        /// The last step of the flow, which wrote it.
        step: Step,
    },
    /// A program that no row covers. Empty if its name is unknown.
    Program { program: Rc<str>, why: Doubt },
    /// A program that runs code of the project: a script, a build.
    ProjectCode { program: Rc<str>, why: Doubt },
    /// A shell that is not analysed, by its path.
    Shell(Rc<str>),
    /// A program that reads a whole unknown working directory.
    Directory(Rc<str>),
    /// An unsupported construct. Empty if unnamed.
    Syntax { construct: Rc<str>, why: Doubt },
    /// A public value that is an option or a sub-command of this program.
    Choice { program: Rc<str>, of: Choice },
    /// A program that reads a path of the author's, which may be the file with the secret.
    Alias(Rc<str>),
    /// A host that the author does not permit, and the program that sends the value there.
    Host { program: Rc<str>, host: Host },
}

/// The storage that keeps the files of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Keeper {
    /// The image layer.
    Layer,
    /// A cache mount.
    Cache,
    /// A mount at a path of the author's, by the name of its hole.
    Hole(Rc<str>),
}

/// What a public value determines in a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    Option,
    SubCommand,
}

impl Sink {
    /// Creates a sink for an unsupported part of the script without a name.
    pub(crate) fn syntax(why: Doubt) -> Self {
        Self::Syntax {
            construct: "".into(),
            why,
        }
    }

    /// Returns the rule that a value violates here.
    pub(crate) const fn rule(&self) -> Rule {
        match self {
            Self::BuildLog(_) => Rule::SecretInBuildLog,
            Self::File {
                keeper: Keeper::Cache,
                ..
            } => Rule::SecretInCacheMount,
            Self::File { .. } | Self::Alias(_) => Rule::SecretInLayer,
            Self::Program { .. } => Rule::SecretToUnknownProgram,
            Self::ProjectCode { .. } => Rule::SecretToProjectCode,
            Self::Shell(_) => Rule::SecretUnderUnknownShell,
            Self::Directory(_) => Rule::SecretInUnknownDirectory,
            Self::Syntax { .. } => Rule::SecretInOpaqueSyntax,
            Self::Choice { .. } => Rule::PublicValueAsOption,
            Self::Host { .. } => Rule::SecretToOtherHost,
        }
    }

    /// Returns the name for people: a path or a program. Empty if it has none.
    pub(crate) fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Self::BuildLog(_) => "",
            Self::File {
                keeper: Keeper::Hole(name),
                ..
            } => name,
            Self::File { path, .. } => return Cow::Owned(path.show()),
            Self::Program { program: name, .. }
            | Self::ProjectCode { program: name, .. }
            | Self::Shell(name)
            | Self::Directory(name)
            | Self::Syntax {
                construct: name, ..
            }
            | Self::Choice { program: name, .. }
            | Self::Alias(name) => name,
            Self::Host { host, .. } => return Cow::Owned(host.to_string()),
        })
    }

    /// Returns the key that distinguishes it among the sinks of one command. `called` is the author's name for the sink, if that differs.
    pub(crate) fn place(&self, called: Option<&str>) -> SinkPlace {
        match (called, self) {
            (Some(called), _) => SinkPlace::Named(called.to_owned()),
            (
                None,
                Self::File {
                    keeper: Keeper::Layer | Keeper::Cache,
                    path,
                    ..
                },
            ) if path.is_symbolic() => SinkPlace::UnknownPath,
            (None, sink) => SinkPlace::Named(sink.name().into_owned()),
        }
    }

    /// Whether both are one sink, so that one command reports them once.
    pub(crate) fn is_same_place(&self, other: &Self) -> bool {
        self.rule() == other.rule() && self.name() == other.name()
    }

    /// The code in machine-readable output.
    pub(crate) fn code(&self) -> SinkCode {
        match self {
            Self::BuildLog(Cause::Xtrace) => SinkCode::BuildLogXtrace,
            Self::BuildLog(Cause::Verbose) => SinkCode::BuildLogVerbose,
            Self::BuildLog(cause) if cause.is_message() => SinkCode::BuildLogMessage,
            Self::BuildLog(_) => SinkCode::BuildLogOutput,
            Self::File {
                keeper: Keeper::Cache,
                ..
            } => SinkCode::CacheMount,
            Self::File { .. } => self.form(),
            Self::Program { .. } => SinkCode::UnknownProgram,
            Self::ProjectCode { .. } => SinkCode::ProjectCode,
            Self::Shell(_) => SinkCode::UnknownShell,
            Self::Directory(_) => SinkCode::UnknownDirectory,
            Self::Syntax { .. } => SinkCode::OpaqueSyntax,
            Self::Choice { .. } | Self::Alias(_) => SinkCode::PublicValue,
            Self::Host { .. } => SinkCode::OtherHost,
        }
    }

    /// Returns the form in which the last step stores the value, whatever the storage.
    pub(crate) fn form(&self) -> SinkCode {
        let Self::File { step, .. } = self else {
            return self.code();
        };
        match step {
            Step::Named { .. } | Step::NamedLink { .. } => SinkCode::FileName,
            Step::Linked { .. } => SinkCode::LinkTarget,
            _ => match step.cause().map(Cause::code) {
                Some(CauseCode::GitObject) => SinkCode::GitObject,
                Some(CauseCode::Configuration | CauseCode::Credentials) => {
                    SinkCode::ToolConfiguration
                }
                Some(CauseCode::Log | CauseCode::History) => SinkCode::ToolLog,
                _ => SinkCode::LayerFile,
            },
        }
    }
}

/// What distinguishes two sinks of one command.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SinkPlace {
    /// Unknown paths are reported once.
    UnknownPath,
    Named(String),
}
