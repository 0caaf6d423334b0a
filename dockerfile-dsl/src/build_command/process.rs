//! Runs the command.
//!
//! In: a [`BuildCommand`]. Out: a process that inherits the environment, and reads the values of the secrets from their sources or
//! from where they were handed over; none is put into an argument.

use std::io::Write;
use std::process::{Command, Stdio};

use super::hand_over::{Carrier, Values};
use super::{BuildCommand, FrontEnd};
use crate::Error;
use crate::preflight::Given;

impl BuildCommand {
    /// As a process, not started yet. If [`file`](Self::file) or the context is `-`, give it the rendered text on standard input.
    /// Optional secrets that have no value at this moment are left out. A secret that comes from a
    /// [command](crate::Secret::command) is read now, and is in a variable of the process. Feature `run`.
    ///
    /// # Errors
    ///
    /// Those of [`argv`](Self::argv); a command that fails; a value that a variable cannot carry.
    pub fn to_command(&self) -> Result<Command, Error> {
        let given = self.read_secrets()?;
        let (command, values) = self.hand_over(&given, Carrier::Variable)?;
        command.process(&values)
    }

    fn process(&self, values: &Values) -> Result<Command, Error> {
        let argv = self.argv()?;
        let mut process = Command::new(&argv[0]); // the program's name is always there
        process.args(&argv[1..]);
        if self.front_end == FrontEnd::DockerBefore23 {
            process.env("DOCKER_BUILDKIT", "1");
        }
        values.give_to(&mut process);
        Ok(process)
    }

    /// Looks at everything that [`preflight`](Self::preflight) looks at, and builds. The build's output goes where this
    /// program's own output goes; on standard error it says which optional secrets it goes without. The Dockerfile is read from standard input if [`file`](Self::file) or the context is `-`,
    /// else from where it was written. Feature `run`.
    ///
    /// # Errors
    ///
    /// What preflight refuses, and a build that fails.
    pub fn run(&self) -> Result<(), Error> {
        let given = self.read_secrets()?;
        self.preflight_with(&given)?;
        self.tell_absent_secrets(&given)?;
        let (build, values) = self.hand_over(&given, Carrier::Any)?;
        let mut command = build.process(&values)?;
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
    pub(crate) fn without_absent_secrets(&self, given: &Given) -> Result<Self, Error> {
        let mut command = self.clone();
        for secret in self.needed_secrets()? {
            if given.is_absent(secret) {
                command.left_out.push(secret.id().to_owned());
            }
        }
        Ok(command)
    }

    pub(crate) fn tell_absent_secrets(&self, given: &Given) -> Result<(), Error> {
        for id in &self.without_absent_secrets(given)?.left_out {
            // Who cannot be told is not kept from building.
            let _ = writeln!(
                std::io::stderr(),
                "the optional secret `{id}` has no value: the build goes without it"
            );
        }
        Ok(())
    }
}
