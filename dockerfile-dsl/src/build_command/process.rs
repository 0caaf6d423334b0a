//! Runs the command.
//!
//! In: a [`BuildCommand`]. Out: a process that inherits the environment, which is where the values of the secrets come from;
//! none is put into an argument. The only part of the build command that starts something or looks at files.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::argument::{Argument, home};
use super::{BuildCommand, FrontEnd};
use crate::{Error, SecretSource};

impl BuildCommand {
    /// As a process, not started yet. If [`file`](Self::file) or the context is `-`, give it the rendered text on standard input.
    /// Optional secrets that have no value at this moment are left out. Feature `run`.
    ///
    /// # Errors
    ///
    /// Those of [`argv`](Self::argv).
    pub fn to_command(&self) -> Result<Command, Error> {
        let argv = self.without_absent_secrets()?.argv()?;
        let mut command = Command::new(&argv[0]); // the program's name is always there
        command.args(&argv[1..]);
        if self.front_end == FrontEnd::DockerBefore23 {
            command.env("DOCKER_BUILDKIT", "1");
        }
        Ok(command)
    }

    /// Looks at everything that [`preflight`](Self::preflight) looks at, and builds. The build's output goes where this
    /// program's own output goes; on standard error it says which optional secrets it goes without. The Dockerfile is read from standard input if [`file`](Self::file) or the context is `-`,
    /// else from where it was written. Feature `run`.
    ///
    /// # Errors
    ///
    /// What preflight refuses, and a build that fails.
    pub fn run(&self) -> Result<(), Error> {
        self.preflight()?;
        self.tell_absent_secrets()?;
        let mut command = self.to_command()?;
        if self.reads_stdin() {
            command.stdin(Stdio::piped());
        }
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .spawn()
            .map_err(|error| Error::io(format!("`{program}` cannot be started"), error))?;
        if let Some(mut stdin) = child.stdin.take() {
            // A build that ends early closes the pipe; its exit status says why.
            let _ = stdin.write_all(self.dockerfile.render().as_bytes());
        }
        let status = child
            .wait()
            .map_err(|error| Error::io(format!("`{program}` cannot be waited for"), error))?;
        if status.success() {
            return Ok(());
        }
        Err(Error::new(format!(
            "`{program} build` failed ({status}); the reason is in its output"
        )))
    }

    /// Returns the build without the optional secrets that have no value at this moment: given an absent file, a builder does not start,
    /// and given an unset variable, it serves an empty secret.
    pub(crate) fn without_absent_secrets(&self) -> Result<Self, Error> {
        let mut command = self.clone();
        for secret in self.needed_secrets()? {
            if !secret.is_required() && is_absent(secret.source()) {
                command.left_out.push(secret.id().to_owned());
            }
        }
        Ok(command)
    }

    pub(crate) fn tell_absent_secrets(&self) -> Result<(), Error> {
        for id in &self.without_absent_secrets()?.left_out {
            // Who cannot be told is not kept from building.
            let _ = writeln!(
                std::io::stderr(),
                "the optional secret `{id}` has no value: the build goes without it"
            );
        }
        Ok(())
    }
}

/// Whether the variable is not set, or there is no such file.
fn is_absent(source: SecretSource) -> bool {
    match source {
        SecretSource::Env(name) => std::env::var_os(name).is_none(),
        SecretSource::File(path) => Argument::path(path)
            .expand(home().as_deref())
            .is_ok_and(|path| matches!(Path::new(&path).try_exists(), Ok(false))),
    }
}
