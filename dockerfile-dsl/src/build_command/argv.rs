//! The command line as a whole: arguments, or one line for a shell.

use std::ffi::{OsStr, OsString};

use super::BuildCommand;
use super::argument::home;
use super::carried::ShellValue;
use super::plan::Plan;
use super::program::Line;
use crate::Error;

impl BuildCommand {
    /// Returns the program and its arguments. A leading `~/` of a path is replaced by the home directory. For
    /// [`BuildTool::DockerBefore23`](crate::BuildTool::DockerBefore23), `DOCKER_BUILDKIT=1` has to be in the environment;
    /// [`to_command`](Self::to_command) sets it.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// # let image = Dockerfile::from_stage(&Stage::from_image("debian").build())?;
    /// let argv = image.build_command().tag("app").argv()?;
    /// assert_eq!(argv, ["docker", "build", "--tag", "app", "."]);
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if a flag cannot carry its value, if the tool does not support it, if no home directory can replace `~`,
    /// or if a secret is read before the build, as that of a [command](crate::Secret::command) is.
    pub fn argv(&self) -> Result<Vec<OsString>, Error> {
        self.argv_at(home().as_deref())
    }

    /// [`argv`](Self::argv) with the given home directory.
    pub(crate) fn argv_at(&self, home: Option<&OsStr>) -> Result<Vec<OsString>, Error> {
        let words = self.line()?.into_words().into_iter();
        words.map(|word| word.expand(home)).collect()
    }

    /// Returns one line for a POSIX shell, to paste and commit: `~/` becomes `"$HOME"/`, so it contains nothing personal.
    ///
    /// A secret that is a [command](crate::Secret::command) precedes it, as in `GH_TOKEN="$(gh auth token)" docker build ..`. If
    /// such a command fails, the shell continues and the build gets an empty secret; `run` and the script of
    /// [`emit`](crate::emit()) stop instead.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Secret, Stage, sh};
    /// const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");
    /// let stage = Stage::from_image("node:22").run(sh!("NPM_CONFIG_USERCONFIG={NPMRC} npm ci")).build();
    /// let command = Dockerfile::from_stage(&stage)?.build_command().shell()?;
    /// assert_eq!(command, "docker build --secret id=npmrc,src=\"$HOME\"/.npmrc .");
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if a flag cannot carry its value, or if the tool does not support it.
    pub fn shell(&self) -> Result<String, Error> {
        let (command, values) = self.for_shell()?;
        Ok(ShellValue::prefix(&values) + &command.shell_words(None)?)
    }

    /// Returns the line without the assignments of secret values, with options of the caller.
    pub(crate) fn shell_words(&self, options: Option<&str>) -> Result<String, Error> {
        let line = self.line()?.quote(options);
        Ok(self.tool.known().assignments() + &line)
    }

    fn line(&self) -> Result<Line, Error> {
        let program = self.tool.known();
        (program.line)(program, &Plan::new(self, &program.limits)?)
    }
}
