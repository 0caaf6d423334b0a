//! The findings of a scan, and its gaps. No field contains a byte of a secret's value.

mod github;
mod html;
mod human;
mod json;
mod sarif;
mod write;

use std::fmt;
use std::io::ErrorKind;

/// The result for one image.
///
/// ```no_run
/// use dockerfile_dsl_verify::{Image, Secret, Verdict, Verify};
///
/// let report = Verify::new([Secret::from_env("TOKEN", "TOKEN")?]).run(Image::path("app.tar"))?;
/// for finding in &report.findings {
///     eprintln!("{} is in {}", finding.secret, finding.path);
/// }
/// std::process::exit(i32::from(report.verdict() != Verdict::Clean));
/// # Ok::<(), dockerfile_dsl_verify::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// Name of the scanned image, as the caller gave it.
    pub image: String,
    /// Places of values.
    pub findings: Vec<Finding>,
    /// Parts that were not searched.
    pub incomplete: Vec<Gap>,
    /// Amount of data that was searched.
    pub scanned: Scanned,
    /// Number of parts of secrets that were found, but also occur in a given base layer.
    pub known_texts: usize,
    /// Remains of an image that is not clean: blobs that a registry did not delete.
    pub kept: Vec<String>,
    /// Whether there was a layer or another blob: without one, the verdict is never clean.
    pub(crate) has_content: bool,
    /// Whether it was no image but a text, searched as a log.
    pub(crate) is_text: bool,
}

impl Report {
    /// Returns leaked if a value was found, else incomplete if a part was not searched, else clean.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let is_complete = self.incomplete.is_empty() && self.has_content;
        match (self.findings.is_empty(), is_complete) {
            (false, _) => Verdict::Leaked,
            (true, false) => Verdict::Incomplete,
            (true, true) => Verdict::Clean,
        }
    }

    /// Adds a gap, which excludes a clean verdict.
    pub fn add_gap(&mut self, gap: Gap) {
        self.incomplete.push(gap);
    }

    /// Accepts the gaps of one reason: they no longer count. An image with neither a layer nor another blob does not become clean
    /// by that.
    ///
    /// ```no_run
    /// use dockerfile_dsl_verify::{Image, Reason, Secret, Verify};
    ///
    /// let mut report = Verify::new([Secret::from_env("TOKEN", "TOKEN")?]).run(Image::path("app.tar"))?;
    /// // The build ran with an unchanged secret: a cached step has the same value.
    /// report.accept(Reason::CachedStep);
    /// # Ok::<(), dockerfile_dsl_verify::Error>(())
    /// ```
    pub fn accept(&mut self, reason: Reason) {
        self.incomplete.retain(|gap| gap.reason != reason);
    }

    /// Adds the findings of another report.
    pub fn extend(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.incomplete.extend(other.incomplete);
        self.scanned.layers += other.scanned.layers;
        self.scanned.files += other.scanned.files;
        self.scanned.bytes += other.scanned.bytes;
        self.known_texts += other.known_texts;
        self.kept.extend(other.kept);
        self.has_content &= other.has_content;
        self.is_text &= other.is_text;
    }

    /// Sets the target of all findings and gaps.
    pub(crate) fn set_target(&mut self, target: &str) {
        self.image = target.to_owned();
        for finding in &mut self.findings {
            finding.target = Some(target.to_owned());
        }
        for gap in &mut self.incomplete {
            gap.target = Some(target.to_owned());
        }
    }
}

/// The result in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Everything was searched, and no value was found.
    Clean,
    /// A value is in the image.
    Leaked,
    /// No value was found, but a part was not searched.
    Incomplete,
}

impl Verdict {
    /// Returns the word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Leaked => "leaked",
            Self::Incomplete => "incomplete",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One secret in one encoding at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Id of the secret.
    pub secret: String,
    /// Target among several images: see [`Verify::run_all`](crate::Verify::run_all).
    pub target: Option<String>,
    /// Kind of the blob.
    pub place: Place,
    /// Digest of the layer or blob, or its path if it has none.
    pub layer: Option<String>,
    /// Instruction that created the layer, from the image's history.
    pub instruction: Option<String>,
    /// Path of the file, `outer.tar.gz!inner/.env` in archives, or the pointer into a JSON document.
    pub path: String,
    /// Part of the file.
    pub part: FilePart,
    /// Offset of the first hit in the file or field of `path`, unpacked according to `encodings`; in its header for
    /// [`FilePart::Header`].
    pub offset: u64,
    /// Containers and compressions inside the file, outermost first, then the encoding of the value.
    pub encodings: Vec<&'static str>,
    /// Whether all secret parts of the value were found there.
    pub matched: Match,
    /// Whether a later layer deletes or replaces the file: a container does not see it, but the image contains it.
    pub deleted_later: bool,
}

/// Kind of blob that contains a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Place {
    /// A file of a layer.
    Layer,
    /// The image config: ENV, LABEL, CMD, ...
    Config,
    /// The history in the image config: the instructions with their build arguments.
    History,
    /// A manifest or an index.
    Manifest,
    /// An annotation.
    Annotation,
    /// An attestation: provenance, SBOM.
    Attestation,
    /// A build log or build record.
    Log,
    /// An exported build cache.
    Cache,
}

impl Place {
    /// Returns the name in machine-readable output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Layer => "layer",
            Self::Config => "config",
            Self::History => "history",
            Self::Manifest => "manifest",
            Self::Annotation => "annotation",
            Self::Attestation => "attestation",
            Self::Log => "log",
            Self::Cache => "cache",
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Part of a file that contains a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FilePart {
    /// Its content.
    Content,
    /// Its name, link target, owner or extended attributes.
    Header,
}

/// How much of a value was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Match {
    /// All of its secret parts.
    Whole,
    /// One credential of several, or at least 16 bytes of one.
    Part,
}

impl Match {
    /// Returns the name in machine-readable output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Part => "part",
        }
    }
}

/// A part that was not searched, or a failed integrity check.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gap {
    /// Reason of the gap.
    pub reason: Reason,
    /// Blob and path; empty for the whole image.
    pub place: String,
    /// Details.
    pub detail: String,
    /// Target among several images.
    pub target: Option<String>,
}

impl Gap {
    /// Creates a gap.
    #[must_use]
    pub fn new(reason: Reason, place: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            reason,
            place: place.into(),
            detail: detail.into(),
            target: None,
        }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.reason)?;
        if let Some(target) = &self.target {
            write!(f, "{target}: ")?;
        }
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.detail)
    }
}

macro_rules! reasons {
    ($($(#[doc = $doc:literal])* $name:ident = $slug:literal;)*) => {
        /// Reason why a part was not searched.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Reason { $($(#[doc = $doc])* $name,)* }

        impl Reason {
            /// All reasons.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the name, as used by `--allow-incomplete`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $slug,)* }
            }

            /// Returns a sentence that explains it.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc,)*).trim(),)* }
            }
        }
    };
}

reasons! {
    /// A secret, or a credential in it, is too short: its bytes occur everywhere by chance.
    ShortSecret = "short-secret";
    /// An archive, a stream or a blob ends too early.
    Truncated = "truncated";
    /// A compressed stream or an archive is broken.
    Broken = "broken";
    /// A format, compression or encryption that is not read.
    Unsupported = "unsupported";
    /// Archives inside of archives, deeper than the limit.
    Depth = "depth";
    /// More unpacked bytes or more entries than the limit.
    Budget = "budget";
    /// A decoder needs a larger window than the limit.
    Memory = "memory";
    /// A blob does not match its digest or size.
    Digest = "digest";
    /// A blob that a manifest names is missing.
    MissingBlob = "missing-blob";
    /// No manifest names the blobs of the image.
    NoManifest = "no-manifest";
    /// A step that mounts a secret came from the cache: the image may contain an earlier value.
    CachedStep = "cached-step";
    /// The build log could not be read.
    BuildLog = "build-log";
}

impl Reason {
    /// Maps the error of a decoder.
    pub(crate) fn of(error: &std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::UnexpectedEof => Self::Truncated,
            ErrorKind::QuotaExceeded => Self::Budget,
            ErrorKind::OutOfMemory => Self::Memory,
            ErrorKind::Unsupported => Self::Unsupported,
            _ => Self::Broken,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Reason {
    type Err = crate::Error;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|reason| reason.name() == name)
            .ok_or_else(|| {
                let names: Vec<_> = Self::ALL.iter().map(|reason| reason.name()).collect();
                crate::Error::usage(format!(
                    "unknown reason `{name}`: the reasons are {}",
                    names.join(", ")
                ))
            })
    }
}

/// Amount of data that was searched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scanned {
    /// Number of blobs that are layers.
    pub layers: u64,
    /// Number of files in them.
    pub files: u64,
    /// Number of bytes that were searched, including unpacked ones.
    pub bytes: u64,
}
