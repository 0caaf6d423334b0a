//! Steps: what happens to a value on the path from its source to a sink.
//!
//! In: built by the interpreter, one per event on the path. Out: a [`StepCode`] for machines, one line of English for people.

use std::rc::Rc;

use super::Cause;
use super::code::codes;
use crate::domain::SymbolicPath;

codes! {
    /// What happens to a value in one step.
    StepCode {
        Source "source" "The secret: a mount or a hole.";
        Read "read" "A program reads it.";
        Open "open" "The shell opens its file.";
        Assign "assign" "It is kept in a variable.";
        Write "write" "It is written to a file.";
        Name "name" "It becomes part of a file name.";
        Link "link" "It becomes the target of a symbolic link.";
        Rename "rename" "Its file gets another name.";
        Show "show" "A file is made, changed or removed depending on it.";
        Copy "copy" "Its file is copied with a directory or through a link.";
        Give "give" "It is an argument of a program.";
        Change "change" "A program derives a text from it.";
        Ask "ask" "A loop compares it round after round.";
        List "list" "A program prints file names that contain it.";
        Pack "pack" "Its file is packed with the folder it is in.";
        Publish "publish" "It is in a variable that a bundler publishes because of its name.";
    }
}

/// One step of a value.
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
    /// Whether the file is there, or how it is, depends on it.
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
    Listed,
    /// `tar -v`
    ListedBy {
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
            Self::Named { .. } | Self::NamedLink { .. } => StepCode::Name,
            Self::Linked { .. } => StepCode::Link,
            Self::Renamed { .. } => StepCode::Rename,
            Self::Shown { .. } => StepCode::Show,
            Self::CopiedTree { .. } | Self::CopiedLink { .. } => StepCode::Copy,
            Self::Given { .. } => StepCode::Give,
            Self::Changed { .. } => StepCode::Change,
            Self::Asked { .. } => StepCode::Ask,
            Self::Listed | Self::ListedBy { .. } => StepCode::List,
            Self::Packed => StepCode::Pack,
            Self::Public { .. } => StepCode::Publish,
        }
    }

    /// What writes the file, or makes its name.
    pub(crate) const fn cause(&self) -> Option<&Cause> {
        match self {
            Self::Wrote { cause, .. } | Self::Named { cause, .. } => Some(cause),
            _ => None,
        }
    }

    /// The program that takes the step, or that [`Step::cause`] names.
    pub(crate) fn program(&self) -> Option<&str> {
        match self {
            Self::Read { program }
            | Self::ReadInput { program }
            | Self::ReadBeneath { program, .. }
            | Self::ReadAsScript { program }
            | Self::NamedLink { program }
            | Self::Linked { program, .. }
            | Self::Shown { program, .. }
            | Self::CopiedTree { program }
            | Self::CopiedLink { program }
            | Self::Given { program }
            | Self::Changed { program }
            | Self::Asked { program }
            | Self::ListedBy { program } => Some(program),
            _ => self.cause()?.program(),
        }
    }

    /// The path of the file that it is read from or written to.
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

    /// The variable that it is kept in.
    pub(crate) fn variable(&self) -> Option<&str> {
        match self {
            Self::Exported { variable }
            | Self::ExportedHole { variable, .. }
            | Self::Assigned { variable } => Some(variable),
            _ => None,
        }
    }
}

impl Step {
    /// The step in a sentence, in which its path is written like this.
    pub(super) fn sentence(&self, path: &str) -> String {
        match self {
            Self::Mounted { .. } => format!("the secret is mounted at `{path}`"),
            Self::Exported { variable } => {
                format!("the secret is in the variable `{variable}` of every process")
            }
            Self::HoleValue { name } => format!("`{name}` is the secret's value"),
            Self::HoleFile { name } => format!("`{name}` is the secret's file"),
            Self::MountedHole { name, .. } => format!("`{name}` is mounted at `{path}`"),
            Self::ExportedHole { name, variable } => {
                format!("`{name}` is in the variable `{variable}` of every process")
            }
            Self::Read { program } => format!("read by `{program}`"),
            Self::ReadInput { program } => format!("read by `{program}` from standard input"),
            Self::ReadBeneath { program, .. } => {
                format!("read by `{program}` from beneath `{path}`")
            }
            Self::ReadAsScript { program } => format!("read by `{program}` as a script"),
            Self::Opened { .. } => format!("read from `{path}`"),
            Self::Assigned { variable } => format!("kept in `${variable}`"),
            Self::AssignedUnknown => "kept in variables of unknown names".to_owned(),
            Self::AssignedByFile => "kept in the variables that the file sets".to_owned(),
            Self::Hashed { name } => format!("kept as the path of `{name}`"),
            Self::Wrote { cause, .. } => format!("written to `{path}` ({cause})"),
            Self::Named { cause, .. } => format!("part of the file name `{path}` ({cause})"),
            Self::NamedLink { program } => format!("part of a file name (`{program}`)"),
            Self::Linked { program, .. } => {
                format!("kept as the target of the link `{path}` (`{program}`)")
            }
            Self::Renamed { .. } => format!("renamed to `{path}`"),
            Self::Shown { program, .. } => {
                format!("kept in what became of `{path}` (`{program}`)")
            }
            Self::CopiedTree { program } => format!("copied by `{program}` with its directory"),
            Self::CopiedLink { program } => format!("copied by `{program}` through a link"),
            Self::Given { program } => format!("given to `{program}`"),
            Self::Changed { program } => format!("changed by `{program}`"),
            Self::Asked { program } => format!("asked about by `{program}`, round after round"),
            Self::Listed => "listed by name".to_owned(),
            Self::ListedBy { program } => format!("named by `{program}`"),
            Self::Packed => "packed with its folder".to_owned(),
            Self::Public { prefix } => {
                format!("variables that begin with `{prefix}` are for the browser")
            }
        }
    }
}
