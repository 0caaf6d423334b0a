//! Builds an image, searches it for the values of its secrets, and only then gives it its name.
//!
//! In: a [`BuildCommand`]. Out: a [`Report`]. Invariants: an image that is not clean has no name of the caller's at any time,
//! and what a step printed is searched and shown to nobody. Of the values, only the search holds copies, and it wipes them.

use std::ffi::{OsStr, OsString};
use std::io::{BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

pub use dockerfile_dsl_verify::{
    BuildLog, Encoding, FilePart, Finding, Format, Gap, Image, Limits, Match, Place, Progress,
    Reason, Report, Scanned, Secret, Verdict, Verify,
};

use crate::build_command::home;
use crate::{BuildCommand, BuildSecret, Delivery, Error, FrontEnd, SecretSource};

impl BuildCommand {
    /// Builds, and searches the image and the build's output for the value of every secret that the build got. A clean image
    /// gets the [`tag`](Self::tag)s; any other is removed, and the report says why.
    ///
    /// The default docker driver cannot hand an image out without storing it: until the answer is known it is in the engine's
    /// store under a private tag, which goes also when this program is interrupted. What the build cache keeps, stays; the
    /// report's advice names the commands. The titles of the steps go to standard error, what they print goes nowhere.
    ///
    /// A step that gets a secret and comes from the cache makes the answer *incomplete*, as the image may hold an earlier value:
    /// [`fresh_secrets`](Self::fresh_secrets) lets it run.
    ///
    /// # Errors
    ///
    /// What preflight refuses, a build that fails, an engine that cannot save the image, a secret whose source cannot be read.
    /// A leak is no error: it is the report's verdict.
    pub fn build_and_verify(&self) -> Result<Report, Error> {
        self.preflight()?;
        self.build_and_verify_with(OsStr::new("docker"))
    }

    fn build_and_verify_with(&self, engine: &OsStr) -> Result<Report, Error> {
        if self.tags.is_empty() {
            return Err(Error::new("a verified image needs a name: add `.tag(..)`"));
        }
        if !self.outputs.is_empty() {
            return Err(Error::new(
                "build_and_verify stores the image itself, so that nothing unverified gets out: leave `.output(..)` out, and push the tag after a clean answer",
            ));
        }
        let verify = Verify::new(self.values()?);
        let private = PrivateTag::new(engine);
        let redact = verify.redact();
        let log = self.build(engine, &private.name, &redact)?;
        let mut report = verify
            .run(Image::in_engine(engine, &private.name))
            .map_err(from_verify)?;
        if !self.needed_secrets()?.is_empty() {
            let fetches = self.needed_secrets()?.iter().any(|secret| {
                secret
                    .uses()
                    .iter()
                    .any(|used| used.delivery == Delivery::Header)
            });
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
        report.extend(verify.run(log.into_image()).map_err(from_verify)?);
        report.image = self.tags.join(", ");
        if report.verdict() == Verdict::Clean {
            for tag in &self.tags {
                run(
                    engine,
                    ["tag".as_ref(), private.name.as_ref(), OsStr::new(tag)],
                )?;
            }
        }
        private.remove()?;
        Ok(report)
    }

    /// The values that this build gets.
    fn values(&self) -> Result<Vec<Secret>, Error> {
        let mut values = Vec::new();
        for secret in self.needed_secrets()? {
            if let Some(value) = value(secret)? {
                values.push(value);
            }
        }
        Ok(values)
    }

    /// Builds under the private tag alone.
    fn build(
        &self,
        engine: &OsStr,
        tag: &str,
        redact: &dyn Fn(&str) -> String,
    ) -> Result<BuildLog, Error> {
        let progress = match self.front_end {
            FrontEnd::DockerBefore23 => crate::Progress::Plain,
            _ => crate::Progress::RawJson,
        };
        let mut command = self.clone().progress(progress);
        command.tags = vec![tag.to_owned()];
        let argv = command.argv()?;
        let mut process = Command::new(engine);
        process
            .args(&argv[1..])
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        if self.front_end == FrontEnd::DockerBefore23 {
            process.env("DOCKER_BUILDKIT", "1");
        }
        process.stdin(if self.reads_stdin() {
            Stdio::piped()
        } else {
            Stdio::null()
        });
        let mut child = process.spawn().map_err(|error| {
            Error::io(format!("`{}` cannot be started", engine.display()), error)
        })?;
        if let Some(mut stdin) = child.stdin.take() {
            // A build that ends early closes the pipe; its exit status says why.
            let _ = stdin.write_all(self.dockerfile.render().as_bytes());
        }
        let log = match child.stderr.take() {
            Some(stderr) => BuildLog::read(BufReader::new(stderr), |title| {
                let _ = writeln!(std::io::stderr(), "{}", redact(title));
            }),
            None => BuildLog::default(),
        };
        let status = child
            .wait()
            .map_err(|error| Error::io("the build cannot be waited for", error))?;
        if status.success() {
            return Ok(log);
        }
        Err(Error::new(format!(
            "`{} build` failed ({status}); what it printed may hold a secret and is not shown: `.run()` shows it",
            engine.display()
        )))
    }
}

/// The value of a secret, where its source has one.
fn value(secret: &BuildSecret) -> Result<Option<Secret>, Error> {
    let id = secret.id();
    let value = match secret.source() {
        SecretSource::Env(name) if std::env::var_os(name).is_none() && !secret.is_required() => {
            return Ok(None);
        }
        SecretSource::Env(name) => Secret::from_env(id, name),
        SecretSource::File(path) => {
            let expanded = match (path.strip_prefix("~/"), home()) {
                (Some(rest), Some(home)) => std::path::Path::new(&home).join(rest),
                _ => path.into(),
            };
            if !expanded.exists() && !secret.is_required() {
                return Ok(None);
            }
            Secret::from_file(id, expanded)
        }
    };
    value.map(Some).map_err(from_verify)
}

fn from_verify(error: dockerfile_dsl_verify::Error) -> Error {
    Error::new(error.to_string())
}

/// Runs the engine's client without showing what it prints.
fn run<'a>(engine: &OsStr, arguments: impl IntoIterator<Item = &'a OsStr>) -> Result<(), Error> {
    let arguments: Vec<&OsStr> = arguments.into_iter().collect();
    let line = || arguments.join(OsStr::new(" ")).display().to_string();
    let status = Command::new(engine)
        .args(&arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|error| Error::io(format!("`{}` cannot be started", engine.display()), error))?;
    if status.success() {
        return Ok(());
    }
    Err(Error::new(format!(
        "`{} {}` failed ({status})",
        engine.display(),
        line()
    )))
}

/// A tag that nobody else knows, and that does not outlive this program.
struct PrivateTag {
    name: String,
    engine: OsString,
    /// A shell that waits for the end of this program. Told `done` it ends; else it removes the tag.
    guard: Option<(Child, ChildStdin)>,
}

impl PrivateTag {
    fn new(engine: &OsStr) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let time = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |time| time.as_nanos());
        let name = format!(
            "dockerfile-dsl-unverified:{}-{}-{time:x}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let guard = guard(engine, &name);
        Self {
            name,
            engine: engine.to_owned(),
            guard,
        }
    }

    fn remove(mut self) -> Result<(), Error> {
        let removed = run(
            &self.engine,
            ["image".as_ref(), "rm".as_ref(), OsStr::new(&self.name)],
        );
        if removed.is_ok()
            && let Some((_, stdin)) = &mut self.guard
        {
            let _ = stdin.write_all(b"done\n");
        }
        removed
    }
}

impl Drop for PrivateTag {
    fn drop(&mut self) {
        if let Some((mut child, stdin)) = self.guard.take() {
            // The end of its input is its sign.
            drop(stdin);
            let _ = child.wait();
        }
    }
}

/// Ctrl-C ends all processes of the terminal's group at once, so the guard has a group of its own.
#[cfg(unix)]
fn guard(engine: &OsStr, name: &str) -> Option<(Child, ChildStdin)> {
    use std::os::unix::process::CommandExt;
    // A build that was interrupted may still be storing its image.
    const SCRIPT: &str = r#"read -r said && exit; for wait in 0 1 5; do sleep "$wait"; "$1" image rm "$2" && exit; done"#;
    let mut child = Command::new("sh")
        .args([
            OsStr::new("-c"),
            OsStr::new(SCRIPT),
            OsStr::new("sh"),
            engine,
            OsStr::new(name),
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .ok()?;
    let stdin = child.stdin.take()?;
    Some((child, stdin))
}

#[cfg(not(unix))]
fn guard(_: &OsStr, _: &str) -> Option<(Child, ChildStdin)> {
    None
}

#[cfg(all(test, unix, feature = "macros"))]
mod tests;
