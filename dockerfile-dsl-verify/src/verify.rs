//! The check as a whole: secrets to needles, an image to scanned blobs, both to a report.
//!
//! One file, because a verdict is put together from what all the steps before it know.

use std::collections::HashSet;
use std::fmt;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use assembly::Assembly;
use dockerfile_dsl_analysis::secret_text::{LEAST_LENGTH, trim};

use crate::archive::{self, Contents};
use crate::base;
use crate::layout;
use crate::needle::{Needle, needles_of, parts_of};
use crate::redact::Redactor;
use crate::scan::Scan;
use crate::search::Matcher;
use crate::{Error, Gap, Limits, Reason, Report, Secret};

mod assembly;

/// Where an image is read from.
pub struct Image {
    name: String,
    source: Source,
}

enum Source {
    Path(PathBuf),
    Reader(Box<dyn Read + Send>),
    Log(Box<dyn Read + Send>),
    Engine(PathBuf),
}

impl Image {
    /// A docker archive, OCI archive, build record or log file, or the directory of an OCI layout or an exported cache.
    #[must_use]
    pub fn path(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self {
            name: path.display().to_string(),
            source: Source::Path(path),
        }
    }

    /// Any of the files, as a stream: read once, from its beginning to its end, and not stored.
    #[must_use]
    pub fn reader(name: impl Into<String>, reader: impl Read + Send + 'static) -> Self {
        Self {
            name: name.into(),
            source: Source::Reader(Box::new(reader)),
        }
    }

    /// Text that a build printed, whatever it looks like.
    #[must_use]
    pub fn log(name: impl Into<String>, reader: impl Read + Send + 'static) -> Self {
        Self {
            name: name.into(),
            source: Source::Log(Box::new(reader)),
        }
    }

    /// An image in the store of a local engine: what `ENGINE save NAME` (docker, podman, nerdctl) writes, or
    /// `buildah push NAME docker-archive:/dev/stdout`, as it comes.
    #[must_use]
    pub fn in_engine(engine: impl Into<PathBuf>, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            source: Source::Engine(engine.into()),
        }
    }
}

impl Source {
    fn scan(
        self,
        name: &str,
        scan: &Scan,
        progress: &Progress,
        redactor: &Redactor,
    ) -> Result<Contents, Error> {
        Ok(match self {
            Self::Path(path) => archive::scan_path(&path, scan, progress)?,
            Self::Reader(reader) => archive::scan_reader(
                name,
                &mut BufReader::with_capacity(256 * 1024, reader),
                scan,
            )?,
            Self::Log(mut reader) => archive::scan_text(&mut reader, scan),
            Self::Engine(engine) => scan_engine(&engine, name, scan, redactor)?,
        })
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Image")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// How far a scan has come; may be looked at from another thread.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    read: Arc<AtomicU64>,
    total: Arc<AtomicU64>,
}

impl Progress {
    /// Bytes of the image that have been read.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Bytes that there are, where that is known.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        Some(self.total.load(Ordering::Relaxed)).filter(|&total| total > 0)
    }

    pub(crate) fn set_total(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
    }
}

/// A check to be run: the secrets, and how to search for them.
#[derive(Debug, Clone)]
#[must_use = "nothing is searched before `run`"]
pub struct Verify {
    secrets: Vec<Secret>,
    base_layers: HashSet<String>,
    limits: Limits,
    digests: Digests,
    progress: Progress,
}

/// Which digests are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Digests {
    None,
    Blobs,
    All,
}

impl Verify {
    /// A check for these secrets.
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        Self {
            secrets: secrets.into_iter().collect(),
            base_layers: HashSet::new(),
            limits: Limits::default(),
            digests: Digests::Blobs,
            progress: Progress::default(),
        }
    }

    /// Names layers of the base image, by their diff ids or digests. A part of a secret that also stands there is known text;
    /// a whole value is a finding wherever it stands.
    pub fn base_layers(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.base_layers.extend(ids.into_iter().map(Into::into));
        self
    }

    /// Names the layers of a base image: one in an engine's store, or in any other form in which an image is searched.
    ///
    /// # Errors
    /// Where its layers cannot be told: there is no such image, or it is none.
    pub fn base_image(self, image: Image) -> Result<Self, Error> {
        let layers = match image.source {
            Source::Engine(engine) => base::layers_in_engine(&engine, &image.name)?,
            source => {
                // Nothing is searched for.
                let scan = Scan {
                    matcher: Matcher::new(Vec::new()),
                    limits: self.limits.clone(),
                    digests: false,
                    diff_ids: false,
                    read: Default::default(),
                    decoded: Default::default(),
                    paths: AtomicU64::new(0),
                };
                let redactor = Redactor::new(&[], std::iter::empty());
                let contents = source.scan(&image.name, &scan, &Progress::default(), &redactor)?;
                base::layers(&image.name, &contents)?
            }
        };
        Ok(self.base_layers(layers))
    }

    /// Changes the bounds on time and memory.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Checks the diff ids of compressed layers too, which costs another SHA-256 of everything.
    pub fn check_diff_ids(mut self) -> Self {
        self.digests = Digests::All;
        self
    }

    /// Checks no digest: for an image that was just made here.
    pub fn skip_digests(mut self) -> Self {
        self.digests = Digests::None;
        self
    }

    /// Reports how far it has come.
    pub fn progress(mut self, progress: Progress) -> Self {
        self.progress = progress;
        self
    }

    /// A function that blacks out in a text what may be of a value, for what else is to be shown of a build.
    pub fn redact(&self) -> impl Fn(&str) -> String + use<> {
        let Prepared { redactor, .. } = self.prepare();
        move |text| redactor.text(text)
    }

    /// What is searched for.
    fn prepare(&self) -> Prepared {
        let mut gaps = Vec::new();
        let mut needles = Vec::new();
        let mut groups = Vec::new();
        for (index, secret) in self.secrets.iter().enumerate() {
            let parts = parts_of(secret);
            if parts.too_short > 0 {
                let detail = if secret.value().is_empty() {
                    "it is empty here, and the build had a value that is not known".to_owned()
                } else {
                    format!(
                        "{} in it has fewer than {LEAST_LENGTH} bytes and cannot be told from \
                         other text",
                        if parts.pieces.is_empty() {
                            "all"
                        } else {
                            "a credential"
                        }
                    )
                };
                gaps.push(Gap::new(
                    Reason::ShortSecret,
                    format!("secret `{}`", secret.id()),
                    detail,
                ));
            }
            groups.push(parts.groups);
            needles_of(index, &parts.pieces, &mut needles);
        }
        let redactor = Redactor::new(
            &needles,
            self.secrets.iter().map(|secret| trim(secret.value())),
        );
        Prepared {
            needles,
            groups,
            gaps,
            redactor,
        }
    }

    /// Reads the image, searches it, and answers.
    ///
    /// # Errors
    /// Where nothing can be said at all: the image cannot be opened, is none, or the engine fails.
    pub fn run(&self, image: Image) -> Result<Report, Error> {
        let Prepared {
            needles,
            groups,
            mut gaps,
            redactor,
        } = self.prepare();
        let scan = Scan {
            matcher: Matcher::new(needles),
            limits: self.limits.clone(),
            digests: self.digests != Digests::None,
            diff_ids: self.digests == Digests::All,
            read: self.progress.read.clone(),
            decoded: Default::default(),
            paths: AtomicU64::new(0),
        };
        let mut contents = image
            .source
            .scan(&image.name, &scan, &self.progress, &redactor)?;
        let (roles, layout_gaps) = layout::roles(&contents);
        gaps.append(&mut contents.gaps);
        gaps.extend(layout_gaps);
        let assembly = Assembly {
            verify: self,
            scan: &scan,
            redactor: &redactor,
            groups: &groups,
            contents: &mut contents,
            roles: &roles,
        };
        Ok(assembly.report(&image.name, gaps))
    }
}

/// The secrets, ready to be searched for.
struct Prepared {
    needles: Vec<Needle>,
    /// For each secret, how many groups its pieces make.
    groups: Vec<usize>,
    gaps: Vec<Gap>,
    redactor: Redactor,
}

/// Streams what the engine saves.
fn scan_engine(
    engine: &Path,
    name: &str,
    scan: &Scan,
    redactor: &Redactor,
) -> Result<Contents, Error> {
    let engine_name = engine.display();
    if name.starts_with('-') {
        return Err(Error::usage(format!("`{name}` is no image name")));
    }
    let arguments = match engine.file_name().and_then(|name| name.to_str()) {
        Some("buildah") => vec!["push", name, "docker-archive:/dev/stdout"],
        _ => vec!["save", name],
    };
    let mut child = Command::new(engine)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| Error::no_engine(engine, error))?;
    let (Some(stdout), Some(mut stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(Error::usage(format!("{engine_name} has no output")));
    };
    std::thread::scope(|scope| {
        let message = scope.spawn(move || {
            let mut message = Vec::new();
            // More than this is no message; the rest is read so that the engine does not wait.
            let _ = (&mut stderr).take(4096).read_to_end(&mut message);
            let _ = std::io::copy(&mut stderr, &mut std::io::sink());
            message
        });
        let contents = archive::scan_reader(
            name,
            &mut BufReader::with_capacity(256 * 1024, stdout),
            scan,
        );
        let status = child
            .wait()
            .map_err(|error| Error::io(format!("cannot wait for {engine_name}"), error))?;
        let message = message.join().unwrap_or_default();
        if !status.success() {
            let message = redactor.text(String::from_utf8_lossy(&message).trim());
            return Err(Error::usage(format!(
                "`{engine_name}` could not hand out {name} ({status}): {message}"
            )));
        }
        contents
    })
}
