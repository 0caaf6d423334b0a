//! Steps: what happens to a value on the path from its source to a sink.
//!
//! In: built by the interpreter, one per event on the path. Out: a [`StepCode`] for machines, one line of English for people.
//! Paths are those that a person reads, with `...` for each unknown part.

use std::fmt;
use std::rc::Rc;

use super::Cause;
use super::code::codes;

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
        path: Rc<str>,
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
        path: Rc<str>,
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
        path: Rc<str>,
    },
    ReadAsScript {
        program: Rc<str>,
    },
    /// An input redirect.
    Opened {
        path: Rc<str>,
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
        path: Rc<str>,
        cause: Cause,
    },
    Named {
        path: Rc<str>,
        cause: Cause,
    },
    NamedLink {
        program: Rc<str>,
    },
    Linked {
        path: Rc<str>,
        program: Rc<str>,
    },
    Renamed {
        path: Rc<str>,
    },
    /// Whether the file is there, or how it is, depends on it.
    Shown {
        path: Rc<str>,
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
    pub(crate) fn path(&self) -> Option<&str> {
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
    /// The same step with another path: what the author calls it.
    pub(super) fn with_path(&self, written: &str) -> Self {
        let mut step = self.clone();
        match &mut step {
            Self::Mounted { path }
            | Self::MountedHole { path, .. }
            | Self::ReadBeneath { path, .. }
            | Self::Opened { path }
            | Self::Wrote { path, .. }
            | Self::Named { path, .. }
            | Self::Linked { path, .. }
            | Self::Renamed { path }
            | Self::Shown { path, .. } => *path = written.into(),
            _ => {}
        }
        step
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mounted { path } => write!(f, "the secret is mounted at `{path}`"),
            Self::Exported { variable } => write!(
                f,
                "the secret is in the variable `{variable}` of every process"
            ),
            Self::HoleValue { name } => write!(f, "`{name}` is the secret's value"),
            Self::HoleFile { name } => write!(f, "`{name}` is the secret's file"),
            Self::MountedHole { name, path } => write!(f, "`{name}` is mounted at `{path}`"),
            Self::ExportedHole { name, variable } => write!(
                f,
                "`{name}` is in the variable `{variable}` of every process"
            ),
            Self::Read { program } => write!(f, "read by `{program}`"),
            Self::ReadInput { program } => write!(f, "read by `{program}` from standard input"),
            Self::ReadBeneath { program, path } => {
                write!(f, "read by `{program}` from beneath `{path}`")
            }
            Self::ReadAsScript { program } => write!(f, "read by `{program}` as a script"),
            Self::Opened { path } => write!(f, "read from `{path}`"),
            Self::Assigned { variable } => write!(f, "kept in `${variable}`"),
            Self::AssignedUnknown => f.write_str("kept in variables of unknown names"),
            Self::AssignedByFile => f.write_str("kept in the variables that the file sets"),
            Self::Hashed { name } => write!(f, "kept as the path of `{name}`"),
            Self::Wrote { path, cause } => write!(f, "written to `{path}` ({cause})"),
            Self::Named { path, cause } => write!(f, "part of the file name `{path}` ({cause})"),
            Self::NamedLink { program } => write!(f, "part of a file name (`{program}`)"),
            Self::Linked { path, program } => {
                write!(f, "kept as the target of the link `{path}` (`{program}`)")
            }
            Self::Renamed { path } => write!(f, "renamed to `{path}`"),
            Self::Shown { path, program } => {
                write!(f, "kept in what became of `{path}` (`{program}`)")
            }
            Self::CopiedTree { program } => write!(f, "copied by `{program}` with its directory"),
            Self::CopiedLink { program } => write!(f, "copied by `{program}` through a link"),
            Self::Given { program } => write!(f, "given to `{program}`"),
            Self::Changed { program } => write!(f, "changed by `{program}`"),
            Self::Asked { program } => write!(f, "asked about by `{program}`, round after round"),
            Self::Listed => f.write_str("listed by name"),
            Self::ListedBy { program } => write!(f, "named by `{program}`"),
            Self::Packed => f.write_str("packed with its folder"),
            Self::Public { prefix } => write!(
                f,
                "variables that begin with `{prefix}` are for the browser"
            ),
        }
    }
}
