//! Sources of images, and the checks of their kind.
//!
//! In: a path, a stream, a name in an engine or a registry. Out: scanned contents. Invariant: an input that is not an image of
//! the requested kind is an error, so that nothing is called clean because it was empty.

use std::fmt;
use std::fs;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use dockerfile_dsl_analysis::masked;

use crate::archive::{self, Form};
use crate::contents::{Contents, Kind};
use crate::redact::Redactor;
use crate::scan::Scan;
use crate::{Error, Progress, Registry};

/// Source of an image.
///
/// ```no_run
/// use dockerfile_dsl_verify::Image;
///
/// let archive = Image::path("app.tar");
/// let engine = Image::in_engine("docker", "app:latest");
/// let root_file_system = Image::directory("out");
/// let pipe = Image::reader("standard input", std::io::stdin());
/// ```
pub struct Image {
    pub(crate) name: String,
    pub(crate) source: Source,
    pub(crate) note: Option<String>,
    /// Name in reports, if it differs.
    pub(crate) shown: Option<String>,
}

pub(crate) enum Source {
    Path(PathBuf, Form),
    Reader(Box<dyn Read + Send>),
    Log(Box<dyn Read + Send>),
    Engine(PathBuf),
    Registry(Registry),
}

impl Image {
    /// A docker archive, OCI archive, build record or log file, the tar of a root file system, or the directory of an OCI layout
    /// or an exported cache. Any other directory is an error: see [`Image::directory`].
    #[must_use]
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Self::of_form(path, Form::Any)
    }

    /// All files of a directory, such as the root file system of `--output type=local`.
    #[must_use]
    pub fn directory(path: impl Into<PathBuf>) -> Self {
        Self::of_form(path, Form::Tree)
    }

    pub(crate) fn of_form(path: impl Into<PathBuf>, form: Form) -> Self {
        let path = path.into();
        Self::new(path.display().to_string(), Source::Path(path, form))
    }

    fn new(name: impl Into<String>, source: Source) -> Self {
        Self {
            name: name.into(),
            source,
            note: None,
            shown: None,
        }
    }

    /// Any of these files as a stream: read once, from start to end, and not stored.
    #[must_use]
    pub fn reader(name: impl Into<String>, reader: impl Read + Send + 'static) -> Self {
        Self::new(name, Source::Reader(Box::new(reader)))
    }

    /// The output of a build, searched as text.
    #[must_use]
    pub fn log(name: impl Into<String>, reader: impl Read + Send + 'static) -> Self {
        Self::new(name, Source::Log(Box::new(reader)))
    }

    /// An image in the store of a local engine: the output of `ENGINE save NAME` (docker, podman, nerdctl) or of `buildah push
    /// NAME docker-archive:/dev/stdout`, as a stream.
    #[must_use]
    pub fn in_engine(engine: impl Into<PathBuf>, name: impl Into<String>) -> Self {
        Self::new(name, Source::Engine(engine.into()))
    }

    /// Returns the name in reports.
    pub(crate) fn shown(&self) -> String {
        self.shown.as_ref().unwrap_or(&self.name).clone()
    }

    /// Returns a note on the interpretation of an ambiguous name: see [`Names`](crate::Names).
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }
}

/// All of its platforms, or the selected one.
impl From<Registry> for Image {
    fn from(registry: Registry) -> Self {
        Self::new(registry.name(), Source::Registry(registry))
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Image")
            .field("name", &masked(&self.name))
            .finish_non_exhaustive()
    }
}

impl Source {
    pub(crate) fn scan(
        self,
        name: &str,
        scan: &Scan,
        progress: &Progress,
        redactor: &Redactor,
    ) -> Result<Contents, Error> {
        Ok(match self {
            Self::Path(path, form) => {
                form.check_path(&path)?;
                let contents = archive::scan_path(&path, form, scan, progress)?;
                form.check_contents(&path, &contents)?;
                contents
            }
            Self::Reader(reader) => archive::scan_reader(
                name,
                &mut BufReader::with_capacity(256 * 1024, reader),
                scan,
            )?,
            Self::Log(mut reader) => archive::scan_text(&mut reader, scan),
            Self::Engine(engine) => scan_engine(&engine, name, scan, redactor)?,
            Self::Registry(registry) => registry.scan(scan, progress, redactor)?,
        })
    }
}

impl Form {
    /// Checks that the path is a directory, or is not, before it is read.
    fn check_path(self, path: &Path) -> Result<(), Error> {
        let shown = path.display();
        let metadata =
            fs::metadata(path).map_err(|error| Error::io(format!("cannot read {shown}"), error))?;
        match (self, metadata.is_dir()) {
            (Self::Any | Self::NamedAsImage | Self::Layout, true) if !archive::is_layout(path) => {
                Err(Error::usage(format!(
                    "{shown} is a directory without an image: it has no index.json, \
                        oci-layout or manifest.json. Its files are searched as `dir:{shown}`"
                )))
            }
            (Self::Layout | Self::Tree, false) => {
                Err(Error::usage(format!("{shown} is not a directory")))
            }
            (Self::OciArchive | Self::DockerArchive, true) => Err(Error::usage(format!(
                "{shown} is a directory, not an archive: an OCI layout is written `oci:{shown}`"
            ))),
            _ => Ok(()),
        }
    }

    /// Checks that an archive is of the requested kind.
    fn check_contents(self, path: &Path, contents: &Contents) -> Result<(), Error> {
        let shown = path.display();
        let (root, kind) = match self {
            Self::OciArchive => ("index.json", "an OCI archive"),
            Self::DockerArchive => ("manifest.json", "a docker archive"),
            Self::NamedAsImage if contents.kind == Kind::Log => {
                let name = shown.to_string();
                let name = name.trim_start_matches("./");
                return Err(Error::usage(format!(
                    "`{name}` is a text file here, not an image: write docker:{name} for the \
                     image of this name, or ./{name} to search the text"
                )));
            }
            Self::Any | Self::NamedAsImage | Self::Layout | Self::Tree => return Ok(()),
        };
        let has_root = contents.blobs.iter().any(|blob| blob.name == root);
        if contents.kind == Kind::Image && has_root {
            return Ok(());
        }
        Err(Error::usage(format!(
            "{shown} is not {kind}: it has no {root}"
        )))
    }
}

/// Streams an image from the engine.
fn scan_engine(
    engine: &Path,
    name: &str,
    scan: &Scan,
    redactor: &Redactor,
) -> Result<Contents, Error> {
    let engine_name = engine.display();
    if name.starts_with('-') {
        return Err(Error::usage(format!("invalid image name `{name}`")));
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
            // Longer output is not an error message; it is read so that the engine does not block.
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
                "`{engine_name}` could not save {name} ({status}): {message}\n(a file or a folder \
                 is written ./NAME)"
            )));
        }
        contents
    })
}
