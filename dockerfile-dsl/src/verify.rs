//! Builds an image, searches it for the values of its secrets, and only then gives it its name.
//!
//! In: a [`BuildCommand`]. Out: a [`Report`]. Invariants: an image that is not clean has no name of the caller's at any time,
//! and what a step printed is searched and shown to nobody. Of the values, only the search holds copies, and it wipes them.

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
    /// Builds, and searches the image and the build's output for the value of every secret that the build got. A clean image
    /// gets the [`tag`](Self::tag)s; any other is removed, and the report says why.
    ///
    /// A builder that can write an image to a pipe (a Docker Engine with the containerd image store, or a builder of another
    /// driver than `docker`) does so, and the image is searched without being stored. A clean one is then built again, without
    /// any secret, from the cache alone, and loaded into the engine. The engine's own image store, podman and buildah cannot
    /// hand an image out without storing it: until the answer is known it is in the store under a private tag, which goes also
    /// when this program is interrupted. What the build cache keeps, stays; the report's advice names the commands. The titles
    /// of the steps go to standard error, what they print goes nowhere.
    ///
    /// A step that gets a secret and comes from the cache makes the answer *incomplete*, as the image may hold an earlier value:
    /// [`fresh_secrets`](Self::fresh_secrets) lets it run.
    ///
    /// # Errors
    ///
    /// What preflight refuses, a build that fails (with the builder's reason, in which what may be of a value is blacked out),
    /// an engine that cannot save the image, a secret whose source cannot be read. A leak is no error: it is the report's verdict.
    pub fn build_and_verify(&self) -> Result<Report, Error> {
        let given = self.read_secrets()?;
        self.preflight_with(&given)?;
        self.tell_absent_secrets(&given)?;
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

    /// The build with what is to be searched for, if it can end with a name for the image.
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
                "build_and_verify stores the image itself, so that nothing unverified gets out: \
                 leave `.output(..)` out, and push the tag after a clean answer",
            ));
        }
        let (command, handed_over) = self.hand_over(given, Carrier::Any)?;
        Ok(Build {
            client: Client::new(program, self.tool),
            // A file without secrets, or of which all are optional and absent, is built by the same program as others.
            verify: Verify::new(command.values(given)?).may_be_without_secrets(),
            command,
            handed_over,
            metadata_file: None,
        })
    }

    /// The values that this build gets.
    fn values(&self, given: &Given) -> Result<Vec<Secret>, Error> {
        let secrets = self.needed_secrets()?;
        let secrets = secrets
            .into_iter()
            .filter(|secret| !self.is_left_out(secret.id()));
        secrets.map(|secret| value(secret, given)).collect()
    }
}

/// One build, by one program, with what is searched for.
struct Build<'a> {
    command: BuildCommand,
    client: Client<'a>,
    verify: Verify,
    /// What the builder reads in another way than from its source.
    handed_over: Values,
    /// Where the builder writes what it made.
    metadata_file: Option<PathBuf>,
}

impl Build<'_> {
    /// For builders that hand out what is in their store only.
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

    /// For builders that write the image to a pipe: nothing is stored that was not searched.
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
                "the image that the builder has in its cache is another one than was searched: it \
                 got no name; build again",
            ));
        }
        self.name_if_clean(private, &report)?;
        Ok(report)
    }

    /// The same build once more, into the engine's store. No secret is given: a step that needs one and is not in the cache fails.
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

    /// What the build said: which steps came from the cache, and what they printed.
    fn add_log(&self, log: BuildLog, report: &mut Report) -> Result<(), Error> {
        let redact = self.verify.redact();
        let secrets = self.command.needed_secrets()?;
        if !secrets.is_empty() {
            let is_header = |used: &crate::facts::SecretUse| used.delivery == Delivery::Header;
            let fetches = secrets
                .iter()
                .any(|secret| secret.uses().iter().any(is_header));
            // Which of several ADD gets a secret is decided by the builder, by host.
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

    /// Runs the build, reads what it says, and lets `read` have what it writes where `outputs` send the image to a pipe.
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
            "`{} build` failed ({status}){reason}; what its steps printed may hold a secret and is \
             not shown: `.run()` shows it",
            self.client.program().display()
        )))
    }

    /// The process, its output, and its account of the build.
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
        let pipe = || std::io::pipe().map_err(|error| Error::io("no pipe can be made", error));
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
            // Its account goes to standard output, its errors to the other.
            let both = writer.try_clone();
            both.map_err(|error| Error::io("no pipe can be made", error))?
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
        // Its end of the pipe is the process's alone, so that the log ends with it.
        drop(process);
        let output: Box<dyn Read + Send> = match child.stdout.take() {
            Some(stdout) => Box::new(stdout),
            None => Box::new(std::io::empty()),
        };
        Ok((child, output, log))
    }
}

/// The value of a secret, as the builder got it.
fn value(secret: &BuildSecret, given: &Given) -> Result<Secret, Error> {
    let id = secret.id();
    let value = match (given.of(secret), secret.source()) {
        (Some(Ok(Some(value))), _) => Secret::new(id, value.bytes()),
        (Some(Err(missing)), _) => return Err(missing.error(secret)),
        // A pipe: the search says that it cannot read it again.
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
