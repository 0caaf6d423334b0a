//! The command line as a whole: arguments, or one line for a shell.

use std::ffi::{OsStr, OsString};

use super::BuildCommand;
use super::argument::home;
use super::carried::ShellValue;
use super::plan::Plan;
use super::program::Line;
use crate::Error;

impl BuildCommand {
    /// The program and its arguments, each by itself. A leading `~/` of a path is replaced by the home directory.
    /// For [`BuildTool::DockerBefore23`](crate::BuildTool::DockerBefore23), `DOCKER_BUILDKIT=1` has to be in the environment; [`to_command`](Self::to_command) puts it there.
    ///
    /// # Errors
    ///
    /// If a flag cannot carry what it was given, if the tool does not have it, if there is no home directory to replace `~`, or if a
    /// secret is read before the build, as that of a [command](crate::Secret::command) is.
    pub fn argv(&self) -> Result<Vec<OsString>, Error> {
        self.argv_at(home().as_deref())
    }

    /// [`argv`](Self::argv), where this is the home directory.
    pub(crate) fn argv_at(&self, home: Option<&OsStr>) -> Result<Vec<OsString>, Error> {
        let words = self.line()?.into_words().into_iter();
        words.map(|word| word.expand(home)).collect()
    }

    /// One line for a POSIX shell, that can be pasted and committed: `~/` becomes `"$HOME"/`, so nothing personal is in it.
    ///
    /// A secret that is a [command](crate::Secret::command) stands in front, as in `GH_TOKEN="$(gh auth token)" docker build ..`.
    /// A shell goes on where such a command fails, and the build gets an empty secret: `run` and the script of
    /// [`emit`](crate::emit()) end there instead.
    ///
    /// # Errors
    ///
    /// If a flag cannot carry what it was given, or if the tool does not have it.
    pub fn shell(&self) -> Result<String, Error> {
        let (command, values) = self.for_shell()?;
        Ok(ShellValue::prefix(&values) + &command.shell_words(None)?)
    }

    /// The same without the assignments that give it the values of secrets, and with options of the caller.
    pub(crate) fn shell_words(&self, options: Option<&str>) -> Result<String, Error> {
        let line = self.line()?.quote(options);
        Ok(self.tool.known().assignments() + &line)
    }

    fn line(&self) -> Result<Line, Error> {
        let program = self.tool.known();
        (program.line)(program, &Plan::new(self, &program.limits)?)
    }
}
