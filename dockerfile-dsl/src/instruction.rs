//! The instructions of a stage: one type per section of the Dockerfile reference.
//!
//! In: the author's values. Out: [`check`](Instruction::check) reports what BuildKit would refuse, [`write`](Instruction::write)
//! returns the lines. Nothing is written unchecked.

mod add;
mod arg;
mod cmd;
mod copy;
mod entrypoint;
mod env;
mod expose;
mod healthcheck;
mod label;
mod onbuild;
mod origin;
mod pairs;
mod run;
mod shell;
mod stopsignal;
mod transfer;
mod user;
mod volume;
mod workdir;

pub use add::{Add, GitDirectory, Unpack};
pub(crate) use add::{Address, is_git, is_git_over_ssh};
pub use arg::Arg;
pub use cmd::{Cmd, CommandLine, IntoCommand, ShellForm, shell_form};
pub use copy::CopyFiles;
pub use entrypoint::Entrypoint;
pub use env::Env;
pub use expose::Expose;
pub use healthcheck::{Healthcheck, IntoDuration};
pub use label::Label;
pub use onbuild::Onbuild;
pub(crate) use origin::Origin;
pub(crate) use run::Command as RunCommand;
pub use run::{IntoScript, Network, Run, Security};
pub use shell::Shell;
pub use stopsignal::Stopsignal;
#[cfg(feature = "import-code")]
pub(crate) use transfer::Transfer;
pub use transfer::{Glob, InlineFile, IntoSource, IntoSources, Source, glob, inline};
pub use user::User;
pub use volume::Volume;
pub use workdir::Workdir;

use std::fmt;

use crate::danger::RawInstruction;
use crate::pen::{Pen, StageTable};
use crate::problem::Problems;
use crate::render::{Written, script};

/// An instruction of a stage. FROM is represented by the stage itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Instruction {
    /// `ADD`
    Add(Add),
    /// `ARG`
    Arg(Arg),
    /// `CMD`
    Cmd(Cmd),
    /// `COPY`
    Copy(CopyFiles),
    /// `ENTRYPOINT`
    Entrypoint(Entrypoint),
    /// `ENV`
    Env(Env),
    /// `EXPOSE`
    Expose(Expose),
    /// `HEALTHCHECK`
    Healthcheck(Healthcheck),
    /// `LABEL`
    Label(Label),
    /// `ONBUILD`
    Onbuild(Onbuild),
    /// `RUN`
    Run(Run),
    /// `SHELL`
    Shell(Shell),
    /// `STOPSIGNAL`
    Stopsignal(Stopsignal),
    /// `USER`
    User(User),
    /// `VOLUME`
    Volume(Volume),
    /// `WORKDIR`
    Workdir(Workdir),
    /// Text passed to BuildKit as it is: see [`danger::raw_instruction`](crate::danger::raw_instruction).
    Raw(RawInstruction),
}

macro_rules! instructions {
    ($($variant:ident($type:ident)),* $(,)?) => {
        $(
            impl From<$type> for Instruction {
                fn from(instruction: $type) -> Self {
                    Self::$variant(instruction)
                }
            }
        )*

        impl Instruction {
            /// Returns the keyword, in upper case.
            #[must_use]
            pub fn keyword(&self) -> &str {
                match self {
                    Self::Raw(raw) => raw.keyword(),
                    $(Self::$variant(_) => $type::KEYWORD,)*
                }
            }

            /// Checks what does not depend on the place of the instruction.
            pub(crate) fn check(&self, problems: &mut Problems) {
                match self {
                    Self::Raw(raw) => raw.check(problems),
                    $(Self::$variant(instruction) => instruction.check(problems),)*
                }
            }

            /// Writes its lines, without the line end of the last.
            pub(crate) fn write(&self, pen: &Pen<'_>) -> Written {
                match self {
                    Self::Raw(raw) => raw.write(),
                    $(Self::$variant(instruction) => instruction.write(pen).into(),)*
                }
            }
        }
    };
}

instructions!(
    Add(Add),
    Arg(Arg),
    Cmd(Cmd),
    Copy(CopyFiles),
    Entrypoint(Entrypoint),
    Env(Env),
    Expose(Expose),
    Healthcheck(Healthcheck),
    Label(Label),
    Onbuild(Onbuild),
    Run(Run),
    Shell(Shell),
    Stopsignal(Stopsignal),
    User(User),
    Volume(Volume),
    Workdir(Workdir),
);

/// Formats the rendered lines, assuming the default SHELL. A stage that it refers to appears under its name, or as `stage` if it
/// has none.
impl fmt::Display for Instruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stages: Vec<_> = self
            .origins()
            .into_iter()
            .filter_map(|origin| match origin {
                Origin::Stage(stage) => {
                    let name = stage.name().unwrap_or("stage");
                    Some((stage.clone(), Some(name.to_owned())))
                }
                Origin::Image(_) => None,
            })
            .collect();
        let mut numbers = StageTable::default();
        for (number, (stage, _)) in stages.iter().enumerate() {
            numbers.insert(stage, number);
        }
        let written = self.write(&Pen {
            escape: '\\',
            stages: &stages,
            numbers: &numbers,
            here_documents: true,
            shell: script::ScriptShell::default(),
            user: None,
        });
        write!(f, "{}{}", written.head, written.bodies)
    }
}

impl From<RawInstruction> for Instruction {
    fn from(raw: RawInstruction) -> Self {
        Self::Raw(raw)
    }
}

impl Instruction {
    /// Returns the stages and images that it takes files from, besides the build context.
    pub(crate) fn origins(&self) -> Vec<&Origin> {
        let mut origins = Vec::new();
        match self {
            Self::Copy(copy) => origins.extend(copy.from()),
            Self::Run(run) => {
                for mount in run.mounts() {
                    origins.extend(mount.from());
                }
            }
            Self::Onbuild(onbuild) => return onbuild.instruction().origins(),
            _ => {}
        }
        origins
    }

    /// Returns the named files of the build context that it puts into a layer.
    pub(crate) fn context_paths(&self) -> Vec<&str> {
        match self {
            Self::Add(add) => add.transfer.paths(),
            Self::Copy(copy) if copy.from.is_none() => copy.transfer.paths(),
            _ => Vec::new(),
        }
    }
}
