//! Runs the command.
//!
//! In: a [`BuildCommand`]. Out: a process that inherits the environment, and reads the values of the secrets from their sources
//! or from the place where this library put them; no argument contains a value.

use std::io::Write;
use std::process::{Command, Stdio};

use super::BuildCommand;
use super::hand_over::{Carrier, Values};
use super::mask::Mask;
use crate::Error;
use crate::build_context;
use crate::preflight::Given;

impl BuildCommand {
    /// Returns the process, not started yet. If [`file`](Self::file) or the context is `-`, write the rendered text to its
    /// standard input. Optional secrets without a value at this moment are omitted. A secret that comes from a
    /// [command](crate::Secret::command) is read now, and is in a variable of the process: do not print the process with `{:?}`, which shows
    /// variables. Feature `run`.
    ///
    /// ```no_run
    /// # use dockerfile_dsl::{Dockerfile, Stage};
    /// # let image = Dockerfile::from_stage(&Stage::from_image("debian").build())?;
    /// let status = image.build_command().tag("app").to_command()?.status();
    /// assert!(status.is_ok_and(|status| status.success()));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`argv`](Self::argv); also if a command fails, or a variable cannot carry a value.
    pub fn to_command(&self) -> Result<Command, Error> {
        let given = self.read_secrets()?;
        let (command, values) = self.hand_over(&given, Carrier::Variable)?;
        command.process(&values)
    }

    fn process(&self, values: &Values) -> Result<Command, Error> {
        let argv = self.argv()?;
        let mut process = Command::new(&argv[0]); // the program's name is always there
        process.args(&argv[1..]);
        process.envs(self.tool.environment());
        values.give_to(&mut process);
        Ok(process)
    }

    /// Runs the checks of [`preflight`](Self::preflight), and builds. The build's output is streamed to this program's own
    /// output; the values of secrets in it, in any encoding that `verify` knows, are masked. The builder's record of the build
    /// (`docker buildx history logs`) has them unmasked. Omitted optional secrets are reported on standard error. The Dockerfile
    /// is read from standard input if [`file`](Self::file) or the context is `-`, else from its file. Feature `run`.
    ///
    /// The builder is in this program's process group, so that Ctrl-C ends it too. Its output is a pipe if a secret is passed,
    /// and so the progress is shown as plain lines. The data that an [`output`](Self::output) writes to standard output is
    /// unchanged.
    ///
    /// ```no_run
    /// # use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};
    /// # const TOKEN: Secret = Secret::env("TOKEN");
    /// # let stage = Stage::from_image("debian").run(sh!("curl -fsS -H @{TOKEN} https://example.com -o /srv/x")).build();
    /// # let image = Dockerfile::from_stage(&stage)?;
    /// let mut command = image.build_command();
    /// if let Err(error) = command.tag("app").run() {
    ///     eprintln!("{error}");
    ///     std::process::exit(error.exit_code().unwrap_or(1));
    /// }
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the errors of preflight, and that of a failed build: [`Error::exit_code`] is the builder's exit status.
    pub fn run(&self) -> Result<(), Error> {
        let given = self.read_secrets()?;
        self.preflight_with(&given)?;
        self.tell_differences(&given)?;
        let (build, values) = self.hand_over(&given, Carrier::Any)?;
        let mask = build.mask(&given)?;
        let process = build.process(&values)?;
        build.run_masked(process, &mask)
    }

    /// Returns the values to mask: those that this build gets.
    fn mask(&self, given: &Given) -> Result<Mask, Error> {
        let mut values = Vec::new();
        for secret in self.needed_secrets()? {
            match given.of(secret) {
                Some(Ok(Some(value))) => values.push(value.bytes()),
                Some(Ok(None)) => tell(&format!(
                    "the secret `{}` can be read only once: its value is not masked",
                    secret.id()
                )),
                Some(Err(_)) | None => {}
            }
        }
        Ok(Mask::new(values))
    }

    fn run_masked(&self, mut process: Command, mask: &Mask) -> Result<(), Error> {
        process.stdin(if self.reads_stdin() {
            Stdio::piped()
        } else {
            Stdio::inherit()
        });
        if !mask.is_empty() {
            process.stderr(Stdio::piped());
            let writes_image = |output: &String| output == "-" || output.ends_with("dest=-");
            if !self.outputs.iter().any(writes_image) {
                process.stdout(Stdio::piped());
            }
        }
        let program = process.get_program().to_string_lossy().into_owned();
        let mut child = process
            .spawn()
            .map_err(|error| Error::io(format!("`{program}` cannot be started"), error))?;
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        std::thread::scope(|scope| {
            // A failed write of the message does not stop the build.
            if let Some(stdout) = stdout {
                scope.spawn(move || {
                    let _ = mask.copy(stdout, &mut std::io::stdout());
                });
            }
            if let Some(stderr) = stderr {
                scope.spawn(move || {
                    let _ = mask.copy(stderr, &mut std::io::stderr());
                });
            }
            if let Some(mut stdin) = stdin {
                // A build that ends early closes the pipe; its exit status says why.
                let _ = stdin.write_all(self.dockerfile.render().as_bytes());
            }
        });
        let status = child
            .wait()
            .map_err(|error| Error::io(format!("`{program}` cannot be waited for"), error))?;
        if status.success() {
            return Ok(());
        }
        Err(Error::failed(
            format!("`{program} build` failed ({status}); the reason is in its output"),
            status,
        ))
    }

    /// Returns the build without the optional secrets that have no value at this moment: with an absent file, a builder does not
    /// start, and with an unset variable, it passes an empty secret.
    pub(crate) fn without_absent_secrets(&self, given: &Given) -> Result<Self, Error> {
        let mut command = self.clone();
        for secret in self.needed_secrets()? {
            if given.is_absent(secret) {
                command.left_out.push(secret.id().to_owned());
            }
        }
        Ok(command)
    }

    /// Reports what differs from the description: another text on disk, secrets without a value.
    pub(crate) fn tell_differences(&self, given: &Given) -> Result<(), Error> {
        if let Some(other) = build_context::look_at_file(self) {
            tell(&format!("warning: {}: {}", other.place, other.message));
        }
        for id in &self.without_absent_secrets(given)?.left_out {
            tell(&format!(
                "the optional secret `{id}` has no value: the build runs without it"
            ));
        }
        Ok(())
    }
}

fn tell(line: &str) {
    // A failed write of the message does not stop the build.
    let _ = writeln!(std::io::stderr(), "{line}");
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::{Dockerfile, Stage};

    fn run(script: &str, mask: &Mask) -> Result<(), Error> {
        let stage = Stage::from_image("debian").build();
        let command = Dockerfile::from_stage(&stage)
            .unwrap()
            .build_command()
            .file("-")
            .clone();
        let mut process = Command::new("sh");
        process.args(["-c", script]);
        command.run_masked(process, mask)
    }

    #[test]
    fn the_exit_status_is_that_of_the_builder() {
        for mask in [Mask::default(), Mask::new([&b"9aXk2LmQ7vRt4WbY"[..]])] {
            assert!(run("cat >/dev/null", &mask).is_ok());
            let error = run("exit 17", &mask).unwrap_err();
            assert_eq!(error.exit_code(), Some(17));
            assert!(
                error
                    .to_string()
                    .contains("`sh build` failed (exit status: 17)")
            );
            assert_eq!(run("kill -9 $$", &mask).unwrap_err().exit_code(), None);
        }
    }
}
