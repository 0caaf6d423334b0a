//! Steps: what happens to a value in the flow from its source to a sink.
//!
//! In: built by the interpreter, one per event. Out: a [`StepCode`] for machines, one line of English for people.

use std::rc::Rc;

use super::cause::Cause;
use super::symbol::SymbolicPath;
use crate::code::StepCode;

/// One step in the flow of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// A secret mount of a Dockerfile.
    Mounted {
        path: SymbolicPath,
    },
    /// The same with `env=`.
    Exported {
        variable: Rc<str>,
    },
    /// A hole of `sh!`.
    HoleValue {
        name: Rc<str>,
    },
    HoleFile {
        name: Rc<str>,
    },
    /// `@mount` of `sh!`.
    MountedHole {
        name: Rc<str>,
        path: SymbolicPath,
    },
    /// `@env` of `sh!`.
    ExportedHole {
        name: Rc<str>,
        variable: Rc<str>,
    },
    Read {
        program: Rc<str>,
    },
    ReadInput {
        program: Rc<str>,
    },
    ReadBeneath {
        program: Rc<str>,
        path: SymbolicPath,
    },
    ReadAsScript {
        program: Rc<str>,
    },
    /// An input redirect.
    Opened {
        path: SymbolicPath,
    },
    Assigned {
        variable: Rc<str>,
    },
    /// `export $(cat FILE)`
    AssignedUnknown,
    /// `. FILE`
    AssignedByFile,
    /// `hash -p`
    Hashed {
        name: Rc<str>,
    },
    Wrote {
        path: SymbolicPath,
        cause: Cause,
    },
    Named {
        path: SymbolicPath,
        cause: Cause,
    },
    NamedLink {
        program: Rc<str>,
    },
    Linked {
        path: SymbolicPath,
        program: Rc<str>,
    },
    Renamed {
        path: SymbolicPath,
    },
    /// The existence or the state of the file depends on it (implicit flow).
    Shown {
        path: SymbolicPath,
        program: Rc<str>,
    },
    CopiedTree {
        program: Rc<str>,
    },
    CopiedLink {
        program: Rc<str>,
    },
    Given {
        program: Rc<str>,
    },
    Changed {
        program: Rc<str>,
    },
    Asked {
        program: Rc<str>,
    },
    /// What the program opens, fetches or issues is another secret.
    Issued {
        program: Rc<str>,
    },
    Listed,
    /// `tar -v`
    ListedBy {
        program: Rc<str>,
    },
    /// Part of the name of a member of an archive.
    NamedMember {
        program: Rc<str>,
    },
    /// `npm pack`
    Packed,
    Public {
        prefix: &'static str,
    },
}

impl Step {
    pub(crate) const fn code(&self) -> StepCode {
        match self {
            Self::Mounted { .. }
            | Self::Exported { .. }
            | Self::HoleValue { .. }
            | Self::HoleFile { .. }
            | Self::MountedHole { .. }
            | Self::ExportedHole { .. } => StepCode::Source,
            Self::Read { .. }
            | Self::ReadInput { .. }
            | Self::ReadBeneath { .. }
            | Self::ReadAsScript { .. } => StepCode::Read,
            Self::Opened { .. } => StepCode::Open,
            Self::Assigned { .. }
            | Self::AssignedUnknown
            | Self::AssignedByFile
            | Self::Hashed { .. } => StepCode::Assign,
            Self::Wrote { .. } => StepCode::Write,
            Self::Named { .. } | Self::NamedLink { .. } | Self::NamedMember { .. } => {
                StepCode::Name
            }
            Self::Linked { .. } => StepCode::Link,
            Self::Renamed { .. } => StepCode::Rename,
            Self::Shown { .. } => StepCode::Show,
            Self::CopiedTree { .. } | Self::CopiedLink { .. } => StepCode::Copy,
            Self::Given { .. } => StepCode::Give,
            Self::Changed { .. } => StepCode::Change,
            Self::Asked { .. } => StepCode::Ask,
            Self::Issued { .. } => StepCode::Issue,
            Self::Listed | Self::ListedBy { .. } => StepCode::List,
            Self::Packed => StepCode::Pack,
            Self::Public { .. } => StepCode::Publish,
        }
    }

    /// Returns what writes the file or determines its name.
    pub(crate) const fn cause(&self) -> Option<&Cause> {
        match self {
            Self::Wrote { cause, .. } | Self::Named { cause, .. } => Some(cause),
            _ => None,
        }
    }

    /// Returns the program that takes the step, or that [`Step::cause`] names.
    pub(crate) fn program(&self) -> Option<&str> {
        match self {
            Self::Read { program }
            | Self::ReadInput { program }
            | Self::ReadBeneath { program, .. }
            | Self::ReadAsScript { program }
            | Self::NamedLink { program }
            | Self::NamedMember { program }
            | Self::Linked { program, .. }
            | Self::Shown { program, .. }
            | Self::CopiedTree { program }
            | Self::CopiedLink { program }
            | Self::Given { program }
            | Self::Changed { program }
            | Self::Asked { program }
            | Self::Issued { program }
            | Self::ListedBy { program } => Some(program),
            _ => self.cause()?.program(),
        }
    }

    /// Returns the path of the file that is read or written.
    pub(crate) const fn path(&self) -> Option<&SymbolicPath> {
        match self {
            Self::Mounted { path }
            | Self::MountedHole { path, .. }
            | Self::ReadBeneath { path, .. }
            | Self::Opened { path }
            | Self::Wrote { path, .. }
            | Self::Named { path, .. }
            | Self::Linked { path, .. }
            | Self::Renamed { path }
            | Self::Shown { path, .. } => Some(path),
            _ => None,
        }
    }

    /// Returns the variable that stores it.
    pub(crate) fn variable(&self) -> Option<&str> {
        match self {
            Self::Exported { variable }
            | Self::ExportedHole { variable, .. }
            | Self::Assigned { variable } => Some(variable),
            _ => None,
        }
    }
}
