//! Checks everything that a build needs, before it starts.
//!
//! In: a [`BuildCommand`], and the machine: environment, files, Docker. Out: warnings, or an [`Error`] with all problems.
//! Invariant: a secret's value is read into memory that is wiped, is compared with the text and the arguments, and is in no
//! message: a message names the secret by its id and its source.

use std::ffi::OsString;

use dockerfile_dsl_analysis::LineIndex;

use crate::build_command::{Carried, home};
use crate::build_context;
use crate::{
    BuildCommand, BuildTool, Error, SecretSource,
    facts::{BuildSecret, Delivery},
};

mod buildah;
mod builder;
mod client;
mod command;
mod environment;
mod given;
mod limits;
mod missing;
mod needle;
mod report;
mod value;

pub(crate) use environment::Environment;
pub(crate) use given::{Given, Read};
pub(crate) use limits::ENVIRONMENT_LIMIT;
use missing::describe;
use needle::Needles;
use report::Report;
pub use report::Warning;
pub(crate) use value::SecretBytes;

impl BuildCommand {
    /// Checks whether the build can work, and whether it is safe. Feature `run`.
    ///
    /// - Each secret has a value. BuildKit passes an unset variable as an empty secret, and `required` does not detect it.
    /// - The value has a valid size and form for its use, and the step's user can read it.
    /// - Docker is installed and new enough.
    /// - No value occurs in the rendered text or in an argument.
    /// - No `COPY` takes the file of a secret from the build context.
    /// - The Dockerfile that the builder reads is the one that was checked; another text is a warning.
    ///
    /// A secret that comes from a [command](crate::Secret::command) is read by running it.
    ///
    /// ```no_run
    /// # use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};
    /// # const TOKEN: Secret = Secret::env("TOKEN");
    /// # let stage = Stage::from_image("debian").run(sh!("curl -fsS -H @{TOKEN} https://example.com -o /srv/x")).build();
    /// # let image = Dockerfile::from_stage(&stage)?;
    /// for warning in image.build_command().tag("app").preflight()? {
    ///     eprintln!("warning: {warning}");
    /// }
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns all problems in one error.
    pub fn preflight(&self) -> Result<Vec<Warning>, Error> {
        self.preflight_with(&self.read_secrets()?)
    }

    /// The part of [`preflight`](Self::preflight) that needs no builder: each secret has a value of a valid size and form, and
    /// none occurs in the rendered text or in an argument. For a unit test, or a job without an engine. Feature `run`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};
    /// # const TOKEN: Secret = Secret::env("TOKEN");
    /// # let stage = Stage::from_image("debian").run(sh!("curl -fsS -H @{TOKEN} https://example.com -o /srv/x")).build();
    /// # let image = Dockerfile::from_stage(&stage)?;
    /// // In a unit test: no variable, no build.
    /// let error = image.build_command().preflight_secrets().unwrap_err();
    /// assert!(error.to_string().contains("TOKEN"));
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns all problems in one error.
    pub fn preflight_secrets(&self) -> Result<Vec<Warning>, Error> {
        let given = self.read_secrets()?;
        with_environment(|environment| self.look(&given, environment).finish())
    }

    /// Reads the value of each secret once.
    pub(crate) fn read_secrets(&self) -> Result<Given, Error> {
        with_environment(|environment| Given::read(self, environment))
    }

    pub(crate) fn preflight_with(&self, given: &Given) -> Result<Vec<Warning>, Error> {
        with_environment(|environment| {
            let mut report = self.look(given, environment);
            if self.tool.is_buildah() {
                let text = self.dockerfile.render();
                let (carried, _) = self.for_shell()?;
                let secrets = carried.needed_secrets()?;
                let has_variables = secrets
                    .iter()
                    .any(|secret| matches!(carried.carried(secret), Ok(Carried::Env(_))));
                buildah::look(self.tool, &text, has_variables, environment, &mut report);
            } else if !matches!(self.tool, BuildTool::Buildx | BuildTool::DockerBefore23) {
                client::look(self.tool, environment, &mut report);
            } else {
                let needed = Some(self.dockerfile.requirement())
                    .filter(|_| !self.dockerfile.asks_for_syntax());
                let builder = builder::Builder {
                    tool: self.tool,
                    name: self.builder.as_deref(),
                };
                builder::look(builder, needed, environment, &mut report);
            }
            report.finish()
        })
    }

    /// Runs the checks that start no other program.
    fn look(&self, given: &Given, environment: &Environment<'_>) -> Report {
        let mut report = Report::default();
        // A value that this library passes gets a neutral name, as in a shell.
        let arguments = self.for_shell();
        let arguments = arguments
            .and_then(|(command, _)| command.argv_at(environment.home.as_deref()))
            .unwrap_or_else(|error| {
                report.problem("", error.to_string());
                Vec::new()
            });
        let text = self.dockerfile.render();
        for secret in self.dockerfile.secrets() {
            if let Some(read) = given.of(secret) {
                look_at_secret(secret, read, &text, &arguments, &mut report);
            }
        }
        for problem in build_context::look(self) {
            report.problem(problem.place, problem.message);
        }
        if let Some(other) = build_context::look_at_file(self) {
            report.warning(other.place, other.message);
        }
        report
    }
}

/// Calls `look` with the environment of this process.
fn with_environment<T>(look: impl FnOnce(&Environment<'_>) -> T) -> T {
    let variable = |name: &str| std::env::var_os(name);
    look(&Environment {
        variable: &variable,
        home: home(),
    })
}

fn look_at_secret(
    secret: &BuildSecret,
    read: &Read,
    text: &str,
    arguments: &[OsString],
    report: &mut Report,
) {
    let place = format!("secret `{}`", secret.id());
    look_at_readers(secret, &place, report);
    let value = match read {
        Ok(Some(value)) => value,
        Ok(None) => {
            report.warning(
                place,
                format!(
                    "{} can be read only once, so it was not checked; a regular file is safer",
                    describe(secret.source())
                ),
            );
            return;
        }
        Err(missing) if missing.is_absent() && !secret.is_required() => {
            report.warning(
                place,
                format!(
                    "{} {}; the secret is optional, and the build runs without it",
                    describe(secret.source()),
                    match secret.source() {
                        SecretSource::Env(_) => "is not set",
                        SecretSource::File(_) => "does not exist",
                        SecretSource::Command(_) => "returns no value",
                    }
                ),
            );
            return;
        }
        Err(missing) => {
            report.problem(place, missing.message(&describe(secret.source())));
            return;
        }
    };
    look_at_form(secret, value, &place, report);
    let needles = Needles::new(value);
    if needles.is_empty() {
        report.warning(
            &place,
            "the value is too short to search for: it may occur in the text or in an \
             argument",
        );
    }
    if let Some(offset) = needles.find(text) {
        report.problem(
            &place,
            format!(
                "its value occurs in the Dockerfile, in {}; interpolate the `Secret`, not its \
                 value",
                instruction_at(text, offset)
            ),
        );
    }
    for (flag, argument) in arguments
        .iter()
        .enumerate()
        .map(|(index, argument)| (&arguments[index.saturating_sub(1)], argument))
    {
        if needles.find(&argument.to_string_lossy()).is_some() {
            let flag = flag.to_string_lossy();
            let flag = if flag.starts_with("--") {
                flag.into_owned()
            } else {
                "the context".to_owned()
            };
            report.problem(
                &place,
                format!(
                    "its value occurs in the command line, in the argument of {flag}; an argument \
                     is visible to every user of the machine"
                ),
            );
        }
    }
}

/// Checks the form of the value for each of its uses.
fn look_at_form(secret: &BuildSecret, value: &SecretBytes, place: &str, report: &mut Report) {
    let bytes = value.bytes();
    if bytes.starts_with(b"\xef\xbb\xbf") {
        report.warning(
            place,
            "the value starts with a byte-order mark, which becomes part of it",
        );
    }
    if bytes.contains(&b'\r') {
        report.warning(
            place,
            "the value has carriage returns, which become part of it; was it written on Windows?",
        );
    }
    let ends_in_newline = bytes.ends_with(b"\n");
    for used in secret.uses() {
        match &used.delivery {
            Delivery::Env { variable } => {
                if bytes.contains(&0) {
                    report.problem(
                        place,
                        format!(
                            "the value contains a NUL, which the variable `{variable}` (line {}) \
                             cannot carry, and the engine would print it; mount it as a file",
                            used.line
                        ),
                    );
                }
                if variable.len() + 1 + bytes.len() >= ENVIRONMENT_LIMIT {
                    report.problem(
                        place,
                        format!(
                            "the value is too long for the variable `{variable}` (line {}): the \
                             kernel takes less than {} bytes; mount it as a file",
                            used.line, ENVIRONMENT_LIMIT
                        ),
                    );
                }
                if ends_in_newline {
                    report.warning(
                        place,
                        format!(
                            "the value ends in a line break, and the variable `{variable}` (line \
                             {}) keeps it",
                            used.line
                        ),
                    );
                }
            }
            Delivery::Header if ends_in_newline || bytes.contains(&b'\n') => {
                report.warning(
                    place,
                    format!(
                        "the value contains a line break, which becomes part of the header that \
                         the ADD in line {} sends",
                        used.line
                    ),
                );
            }
            Delivery::Header | Delivery::File { .. } => {}
        }
    }
}

/// Checks that the user of each step can read the mounted file: otherwise the step would continue with an empty value.
fn look_at_readers(secret: &BuildSecret, place: &str, report: &mut Report) {
    for used in secret.uses() {
        let Delivery::File {
            uid,
            gid,
            mode,
            user: Some(user),
            ..
        } = &used.delivery
        else {
            continue;
        };
        let (name, group) = user
            .split_once(':')
            .map_or((user.as_str(), None), |(name, group)| (name, Some(group)));
        let Ok(number) = name.parse::<u32>() else {
            continue;
        };
        let in_group = group
            .and_then(|group| group.parse::<u32>().ok())
            .is_some_and(|number| number == *gid);
        let readable = number == 0
            || (if number == *uid {
                mode & 0o400
            } else if in_group {
                mode & 0o040
            } else {
                mode & 0o004
            }) != 0;
        if !readable {
            report.problem(
                place,
                format!(
                    "the USER {user} of line {} cannot read it (owner {uid}, mode {mode:04o}), and \
                     would continue with an empty value; give the secret `.uid({number})`",
                    used.line
                ),
            );
        }
    }
}

/// Returns the instruction at an offset, without its text.
fn instruction_at(text: &str, offset: usize) -> String {
    let line = LineIndex::new(text).line(offset);
    let file = dockerfile_dsl_analysis::dockerfile::read(text).ok();
    let keyword = file.as_ref().and_then(|file| {
        let mut instructions = file.instructions().map(|(_, _, instruction)| instruction);
        instructions
            .find(|instruction| instruction.span.start <= offset && offset < instruction.span.end)
    });
    match keyword {
        Some(instruction) => format!("the {} in line {line}", instruction.kind.keyword()),
        None => format!("line {line}"),
    }
}

#[cfg(test)]
mod tests;
