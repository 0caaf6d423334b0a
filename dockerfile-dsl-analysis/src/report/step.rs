//! English for [`Step`]: one line of the flow that a finding shows.
//!
//! In: a [`Step`], and how its path is written. Out: one line of English.

use crate::domain::Step;

impl Step {
    /// Describes the step in a few words; `path` is its path as the report writes it.
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
                format!("revealed by a change of `{path}` (`{program}`)")
            }
            Self::CopiedTree { program } => format!("copied by `{program}` with its directory"),
            Self::CopiedLink { program } => format!("copied by `{program}` through a link"),
            Self::Given { program } => format!("passed to `{program}`"),
            Self::Changed { program } => format!("changed by `{program}`"),
            Self::Asked { program } => format!("compared by `{program}` in a loop"),
            Self::Issued { program } => format!("opened, fetched or issued by `{program}`"),
            Self::Listed => "listed by name".to_owned(),
            Self::ListedBy { program } => format!("named by `{program}`"),
            Self::NamedMember { program } => {
                format!("part of the name of a member of an archive (`{program}`)")
            }
            Self::Packed => "packed with its directory".to_owned(),
            Self::Public { prefix } => {
                format!("published: variables that begin with `{prefix}` go to the browser")
            }
        }
    }
}
