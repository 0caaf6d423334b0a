//! The command line as a whole: arguments, or one line for a shell.

use std::ffi::{OsStr, OsString};

use super::argument::{Argument, home};
use super::carried::ShellValue;
use super::{BuildCommand, BuildTool, docker};
use crate::Error;

impl BuildCommand {
    /// The program and its arguments, each by itself. A leading `~/` of a path is replaced by the home directory.
    /// For [`BuildTool::DockerBefore23`], `DOCKER_BUILDKIT=1` has to be in the environment; [`to_command`](Self::to_command) puts it there.
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
        let arguments = self.arguments()?.into_iter();
        arguments.map(|argument| argument.expand(home)).collect()
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
        Ok(ShellValue::prefix(&values) + &command.shell_words()?)
    }

    /// The same without the assignments that give it the values of secrets.
    fn shell_words(&self) -> Result<String, Error> {
        self.shell_words_with("")
    }

    /// The same with something in front of the context, which is the last word.
    pub(crate) fn shell_words_with(&self, options: &str) -> Result<String, Error> {
        let mut words: Vec<String> = self.arguments()?.iter().map(Argument::quote).collect();
        if !options.is_empty() {
            words.insert(words.len() - 1, options.to_owned());
        }
        Ok(match self.tool {
            BuildTool::DockerBefore23 => format!("DOCKER_BUILDKIT=1 {}", words.join(" ")),
            BuildTool::Buildx | BuildTool::Podman | BuildTool::Buildah => words.join(" "),
        })
    }

    /// The arguments, of which one is known not to hold a line break or a NUL where a flag cannot carry it.
    pub(crate) fn arguments(&self) -> Result<Vec<Argument>, Error> {
        docker::arguments(self)
    }
}
