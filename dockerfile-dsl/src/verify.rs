//! Builds an image, searches it for the values of its secrets, and tags it only if it is clean.
//!
//! In: a [`BuildCommand`]. Out: a [`Report`]. Invariants: an image that is not clean never has a name of the caller's, and the
//! output of a step is searched and never shown. Only the search keeps copies of the values, and it wipes them.

use std::ffi::OsStr;
use std::io::{BufReader, PipeReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

pub use dockerfile_dsl_verify::{
    BuildLog, Encoding, FilePart, Finding, Format, Gap, Image, Limits, Match, Names, Place,
    Progress, Reason, Registry, Report, Scanned, Secret, Verdict, Verify,
};

use crate::build_command::{Carrier, Values, check_image_name, home};
use crate::preflight::Given;
use crate::{
    BuildCommand, BuildTool, Error, SecretSource,
    facts::{BuildSecret, Delivery},
};

mod client;
mod quarantine;

use client::{Client, PrivateTag};
pub use quarantine::Quarantine;

impl BuildCommand {
    /// Builds, and searches the image and the build's output for the value of every secret that the build got. A clean image gets
    /// the [`tag`](Self::tag)s; any other is removed, and the report says why.
    ///
    /// If the builder can write an image to a pipe (a Docker Engine with the containerd image store, or a builder of another
    /// driver than `docker`), the image is searched without being stored. A clean one is then built again from the cache alone,
    /// without any secret, and loaded into the engine.
    ///
    /// The engine's own image store, podman and buildah have to store an image to return it: until the verdict it is stored under
    /// a private tag, which is removed even if this program is interrupted. The build cache is kept; the report's advice names
    /// the commands that clear it. The titles of the steps go to standard error, and the output of the steps is not shown.
    ///
    /// A step that gets a secret and comes from the cache makes the verdict *incomplete*, as the image may contain an earlier
    /// value: [`fresh_secrets`](Self::fresh_secrets) reruns it.
    ///
    /// ```no_run
    /// # use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};
    /// # const TOKEN: Secret = Secret::env("TOKEN");
    /// # let stage = Stage::from_image("debian").run(sh!("curl -fsS -H @{TOKEN} https://example.com -o /srv/x")).build();
    /// # let image = Dockerfile::from_stage(&stage)?;
    /// use dockerfile_dsl::verify::Verdict;
    ///
    /// let report = image.build_command().tag("app").fresh_secrets().build_and_verify()?;
    /// assert_eq!(report.verdict(), Verdict::Clean, "{}", report.human());
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the errors of preflight, a failed build (with the builder's reason, in which possible parts of a value are
    /// redacted), an engine that cannot save the image, or a secret whose source cannot be read. A leak is not an error: it is
    /// the report's verdict.
    pub fn build_and_verify(&self) -> Result<Report, Error> {
        let given = self.read_secrets()?;
        self.preflight_with(&given)?;
        self.tell_differences(&given)?;
        self.build_and_verify_with(OsStr::new(self.tool.program()), &given)
    }

    fn build_and_verify_with(&self, program: &OsStr, given: &Given) -> Result<Report, Error> {
        let build = self.prepared(program, given)?;
        let mut report = if build.client.writes_to_a_pipe(self.builder.as_deref()) {
            build.search_then_store()?
        } else {
            build.store_then_search()?
        };
        report.image = self.tags.join(", ");
        Ok(report)
    }

    /// Prepares the build and its needles; fails if the image could not be tagged afterwards.
    fn prepared<'a>(&self, program: &'a OsStr, given: &Given) -> Result<Build<'a>, Error> {
        if matches!(
            self.tool,
            BuildTool::Nerdctl | BuildTool::Buildctl | BuildTool::Kaniko
        ) {
            return Err(Error::new(format!(
                "build_and_verify works with docker, podman and buildah; build with {program}, and \
                 search the image with `dockerfile-dsl verify` before it is pushed",
                program = self.tool.program()
            )));
        }
        if self.tags.is_empty() {
            return Err(Error::new("a verified image needs a name: add `.tag(..)`"));
        }
        for tag in &self.tags {
            check_image_name(tag)?;
        }
        if !self.outputs.is_empty() {
            return Err(Error::new(
                "build_and_verify stores the image itself, so that nothing unverified is exported: \
                 remove `.output(..)`, and push the tag after a clean verdict",
            ));
        }
        let (command, handed_over) = self.hand_over(given, Carrier::Any)?;
        Ok(Build {
            client: Client::new(program, self.tool),
            // A file without secrets, or with only optional ones that are missing, is built by the same program as others.
            verify: Verify::new(command.values(given)?).may_be_without_secrets(),
            command,
            handed_over,
            metadata_file: None,
        })
    }

    /// Returns the values that this build gets.
    fn values(&self, given: &Given) -> Result<Vec<Secret>, Error> {
        let secrets = self.needed_secrets()?;
        let secrets = secrets
            .into_iter()
            .filter(|secret| !self.is_left_out(secret.id()));
        secrets.map(|secret| value(secret, given)).collect()
    }
}

/// One build, by one program, with the values to search for.
struct Build<'a> {
    command: BuildCommand,
    client: Client<'a>,
    verify: Verify,
    /// Values that this library passes to the builder itself.
    handed_over: Values,
    /// File to which the builder writes its metadata.
    metadata_file: Option<PathBuf>,
}

impl Build<'_> {
    /// Stores the image under a private tag and searches it, for builders that return images from their store only.
    fn store_then_search(&self) -> Result<Report, Error> {
        let private = PrivateTag::new(self.client);
        let mut command = self.command.clone();
        command.tags = vec![private.name().to_owned()];
        let log = match self.run(&command, |_| ()) {
            Ok((log, ())) => log,
            Err(error) => {
                private.forget();
                return Err(error);
            }
        };
        let image = Image::in_engine(self.client.program(), private.name());
        let mut report = self.verify.run(image).map_err(from_verify)?;
        self.add_log(log, &mut report)?;
        self.name_if_clean(private, &report)?;
        Ok(report)
    }

    /// Searches the image from a pipe, for builders that write one: no image is stored before the search.
    fn search_then_store(&self) -> Result<Report, Error> {
        let mut command = self.command.clone();
        command.tags.clear();
        command.outputs = vec!["type=oci,dest=-".to_owned()];
        let (log, report) = self.run(&command, |image| {
            self.verify.run(Image::reader("the built image", image))
        })?;
        let mut report = report.map_err(from_verify)?;
        let searched = log.configs().clone();
        self.add_log(log, &mut report)?;
        if report.verdict() != Verdict::Clean {
            return Ok(report);
        }
        let private = PrivateTag::new(self.client);
        let (stored, ()) = self.run(&self.as_cached(private.name())?, |_| ())?;
        if searched.is_empty() || *stored.configs() != searched {
            report.add_gap(Gap::new(
                Reason::Digest,
                "",
                "the image in the builder's cache differs from the one that was searched: it \
                 was not tagged; build again",
            ));
        }
        self.name_if_clean(private, &report)?;
        Ok(report)
    }

    /// Returns the same build, exporting to the engine's store. It passes no secret: a step that needs one and is not in the
    /// cache fails.
    fn as_cached(&self, tag: &str) -> Result<BuildCommand, Error> {
        let mut command = self.command.clone();
        for secret in self.command.needed_secrets()? {
            command.left_out.push(secret.id().to_owned());
        }
        command.fresh_secrets = false;
        command.no_cache_filter.clear();
        command.tags = vec![tag.to_owned()];
        command.outputs = vec!["type=docker".to_owned()];
        Ok(command)
    }

    fn name_if_clean(&self, private: PrivateTag<'_>, report: &Report) -> Result<(), Error> {
        if report.verdict() == Verdict::Clean {
            for tag in &self.command.tags {
                self.client.tag(private.name(), tag)?;
            }
        }
        private.remove()
    }

    /// Adds the findings of the build log: cached steps, and values that steps printed.
    fn add_log(&self, log: BuildLog, report: &mut Report) -> Result<(), Error> {
        let redact = self.verify.redact();
        let secrets = self.command.needed_secrets()?;
        if !secrets.is_empty() {
            let is_header = |used: &crate::facts::SecretUse| used.delivery == Delivery::Header;
            let fetches = secrets
                .iter()
                .any(|secret| secret.uses().iter().any(is_header));
            // The builder decides by host which of several ADD gets a secret.
            for gap in log.gaps(|title| {
                fetches
                    && (title.contains("] ADD ")
                        || title.contains("git://")
                        || title.contains(".git"))
            }) {
                report.add_gap(Gap::new(gap.reason, redact(&gap.place), gap.detail));
            }
        }
        report.extend(self.verify.run(log.into_image()).map_err(from_verify)?);
        Ok(())
    }

    /// Runs the build, reads its log, and calls `read` with the pipe that the image is written to, if `outputs` names one.
    fn run<T>(
        &self,
        command: &BuildCommand,
        read: impl FnOnce(Box<dyn Read + Send>) -> T,
    ) -> Result<(BuildLog, T), Error> {
        let redact = self.verify.redact();
        let (mut child, output, log) = self.start(command)?;
        let cannot_wait = |error| Error::io("the build cannot be waited for", error);
        let (log, read) = std::thread::scope(|scope| {
            let log = scope.spawn(|| {
                BuildLog::read(BufReader::new(log), |title| {
                    let _ = writeln!(std::io::stderr(), "{}", redact(title));
                })
            });
            if let Some(mut stdin) = child.stdin.take() {
                // A build that ends early closes the pipe; its exit status says why.
                let _ = stdin.write_all(self.command.dockerfile.render().as_bytes());
            }
            let read = read(output);
            (log.join().unwrap_or_default(), read)
        });
        let status = child.wait().map_err(cannot_wait)?;
        if status.success() {
            return Ok((log, read));
        }
        let reason = log
            .error()
            .map_or_else(String::new, |error| format!(": {}", redact(error)));
        Err(Error::new(format!(
            "`{} build` failed ({status}){reason}; the output of its steps may contain a secret \
             and is not shown: `.run()` shows it",
            self.client.program().display()
        )))
    }

    /// Starts the process, and returns it with its output and its build log.
    fn start(
        &self,
        command: &BuildCommand,
    ) -> Result<(Child, Box<dyn Read + Send>, PipeReader), Error> {
        let mut command = command.clone();
        if !self.client.tool().is_buildah() {
            command.progress(match self.client.tool() {
                BuildTool::DockerBefore23 => crate::build_command::Progress::Plain,
                _ => crate::build_command::Progress::RawJson,
            });
        }
        let pipe = || std::io::pipe().map_err(|error| Error::io("cannot create a pipe", error));
        let (log, writer) = pipe()?;
        let argv = command.argv()?;
        let mut process = Command::new(self.client.program());
        let (build, arguments) = argv[1..].split_at(1);
        let is_piped = command
            .outputs
            .iter()
            .any(|output| output.ends_with("dest=-"));
        process.args(build);
        if is_piped {
            // An archive has none by default, and the image that is stored later has one of this kind.
            process.arg("--provenance=mode=min");
        }
        if let Some(file) = &self.metadata_file {
            process.arg("--metadata-file").arg(file);
        }
        process.args(arguments);
        process.stdout(if is_piped {
            Stdio::piped()
        } else if self.client.tool().is_buildah() {
            // Its log goes to standard output, its errors to the other.
            let both = writer.try_clone();
            both.map_err(|error| Error::io("cannot create a pipe", error))?
                .into()
        } else {
            Stdio::null()
        });
        process.stderr(writer);
        process.envs(command.tool.environment());
        self.handed_over.give_to(&mut process);
        process.stdin(if command.reads_stdin() {
            Stdio::piped()
        } else {
            Stdio::null()
        });
        let mut child = process
            .spawn()
            .map_err(|error| self.client.cannot_start(error))?;
        // Only the process holds its end of the pipe, so that the log ends with it.
        drop(process);
        let output: Box<dyn Read + Send> = match child.stdout.take() {
            Some(stdout) => Box::new(stdout),
            None => Box::new(std::io::empty()),
        };
        Ok((child, output, log))
    }
}

/// Returns the value of a secret, as the builder got it.
fn value(secret: &BuildSecret, given: &Given) -> Result<Secret, Error> {
    let id = secret.id();
    let value = match (given.of(secret), secret.source()) {
        (Some(Ok(Some(value))), _) => Secret::new(id, value.bytes()),
        (Some(Err(missing)), _) => return Err(missing.error(secret)),
        // A pipe: the search reports that it cannot be read again.
        (_, SecretSource::File(path)) => match (path.strip_prefix("~/"), home()) {
            (Some(rest), Some(home)) => Secret::from_file(id, Path::new(&home).join(rest)),
            _ => Secret::from_file(id, path),
        },
        (_, SecretSource::Env(name)) => Secret::from_env(id, name),
        (_, SecretSource::Command(_)) => {
            return Err(Error::new(format!("secret `{id}` was not read")));
        }
    };
    value.map_err(from_verify)
}

fn from_verify(error: dockerfile_dsl_verify::Error) -> Error {
    Error::new(error.to_string())
}

#[cfg(all(test, unix, feature = "macros"))]
mod tests;
