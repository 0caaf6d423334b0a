//! Sinks: where a value comes to rest, or gets out of sight.
//!
//! In: built by the interpreter (a log, a program), and from the files that a step leaves. Out: the [`Rule`] that it breaks and a
//! [`SinkCode`].

use std::borrow::Cow;
use std::rc::Rc;

use super::cause::Cause;
use super::doubt::Doubt;
use super::step::Step;
use super::symbol::SymbolicPath;
use crate::Rule;
use crate::code::{CauseCode, SinkCode};

/// Where a value comes to rest, or gets out of sight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sink {
    /// The build log: what prints it.
    BuildLog(Cause),
    /// A file that the step leaves.
    File {
        keeper: Keeper,
        path: SymbolicPath,
        /// The last step, which put it there.
        step: Step,
    },
    /// A program that no row covers; empty where its name is not known.
    Program { program: Rc<str>, why: Doubt },
    /// A program that runs code of the project: a script, a build.
    ProjectCode { program: Rc<str>, why: Doubt },
    /// A shell that is not analysed, by its path.
    Shell(Rc<str>),
    /// A program takes all of a working directory that is not known.
    Directory(Rc<str>),
    /// A construct that is not understood; empty where it has no name.
    Syntax { construct: Rc<str>, why: Doubt },
    /// A public value is an option or a sub-command of this program.
    Choice { program: Rc<str>, of: Choice },
    /// A program reads a path of the author, which may be the file that holds the value.
    Alias(Rc<str>),
}

/// Who keeps the files that a step leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Keeper {
    /// The image layer.
    Layer,
    /// A cache mount.
    Cache,
    /// A mount at a path of the author, by the name of its hole.
    Hole(Rc<str>),
}

/// What a public value of the author decides in a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    Option,
    SubCommand,
}

impl Sink {
    /// A part of the script that is not understood and has no name.
    pub(crate) fn syntax(why: Doubt) -> Self {
        Self::Syntax {
            construct: "".into(),
            why,
        }
    }

    /// The rule that a value breaks by coming here.
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
        }
    }

    /// What a person calls it: a path or a program, empty where it has no name.
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
        })
    }

    /// Where it is among the sinks of one command; `called` is what the author calls it, if that is not its name.
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

    /// Whether both are one sink: of one command, they are told once.
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
        }
    }

    /// What the last step makes of a file, wherever the file is kept.
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
    /// Of paths that are not known, one is reported.
    UnknownPath,
    Named(String),
}
