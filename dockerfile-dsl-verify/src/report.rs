//! What a scan found, and what it could not look at. Nothing here ever holds a byte of a secret's value.

mod github;
mod human;
mod json;
mod sarif;
mod write;

use std::fmt;
use std::io::ErrorKind;

/// The answer for one image.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// What was scanned, as the caller called it.
    pub image: String,
    /// Where values were found.
    pub findings: Vec<Finding>,
    /// What was not searched.
    pub incomplete: Vec<Gap>,
    /// How much was searched.
    pub scanned: Scanned,
    /// Parts of secrets that were found, and also stand in a base layer that was named.
    pub known_texts: usize,
    /// What is left of an image that was not clean, and where: what a registry did not delete.
    pub kept: Vec<String>,
    /// Whether there was a layer or another blob: without, nothing makes the answer clean.
    pub(crate) has_content: bool,
}

impl Report {
    /// Leaked if anything was found, else incomplete if anything was not searched, else clean.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let is_complete = self.incomplete.is_empty() && self.has_content;
        match (self.findings.is_empty(), is_complete) {
            (false, _) => Verdict::Leaked,
            (true, false) => Verdict::Incomplete,
            (true, true) => Verdict::Clean,
        }
    }

    /// Takes note of something else that makes a clean answer impossible.
    pub fn add_gap(&mut self, gap: Gap) {
        self.incomplete.push(gap);
    }

    /// Accepts one kind of gap: those of that reason count no more. What has neither a layer nor another blob does not become
    /// clean by that.
    pub fn accept(&mut self, reason: Reason) {
        self.incomplete.retain(|gap| gap.reason != reason);
    }

    /// Takes up what another report found.
    pub fn extend(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.incomplete.extend(other.incomplete);
        self.scanned.layers += other.scanned.layers;
        self.scanned.files += other.scanned.files;
        self.scanned.bytes += other.scanned.bytes;
        self.known_texts += other.known_texts;
        self.kept.extend(other.kept);
        self.has_content &= other.has_content;
    }

    /// Says of all that it is of this target.
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

/// The answer in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// All was searched, nothing was found.
    Clean,
    /// A value is in the image.
    Leaked,
    /// Nothing was found in what was searched; not all was searched.
    Incomplete,
}

impl Verdict {
    /// The word.
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
    /// Its id.
    pub secret: String,
    /// Which of several images it is in: see [`Verify::run_all`](crate::Verify::run_all).
    pub target: Option<String>,
    /// In what kind of blob.
    pub place: Place,
    /// The digest of the layer or blob, or its path where it has none.
    pub layer: Option<String>,
    /// The instruction that made the layer, from the image's history.
    pub instruction: Option<String>,
    /// The path of the file, `outer.tar.gz!inner/.env` in archives, or the pointer into a JSON document.
    pub path: String,
    /// In which part of the file.
    pub part: FilePart,
    /// Offset of the first hit in the file or field that `path` names, unpacked as `encodings` says; in its header for
    /// [`FilePart::Header`].
    pub offset: u64,
    /// Containers and compressions inside of the file, from outside, then the encoding of the value.
    pub encodings: Vec<&'static str>,
    /// Whether all that is secret of the value stands there.
    pub matched: Match,
    /// Whether a later layer deletes or replaces the file: it is not visible in a container, but in the image.
    pub deleted_later: bool,
}

/// In what kind of blob a value stands.
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
    /// The name in machine-readable output.
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

/// In which part of a file a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FilePart {
    /// Its bytes.
    Content,
    /// Its name, link target, owner or extended attributes.
    Header,
}

/// How much of a value stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Match {
    /// All that is secret of it.
    Whole,
    /// A part: one credential of several, or at least 16 bytes of one.
    Part,
}

impl Match {
    /// The name in machine-readable output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Part => "part",
        }
    }
}

/// Something that was not searched, or a promise that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gap {
    /// Why.
    pub reason: Reason,
    /// Where: blob and path. Empty where it is about the whole image.
    pub place: String,
    /// More about it.
    pub detail: String,
    /// Which of several images it is about.
    pub target: Option<String>,
}

impl Gap {
    /// A gap.
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
        /// Why something was not searched.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Reason { $($(#[doc = $doc])* $name,)* }

        impl Reason {
            /// All reasons.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name, as `--allow-incomplete` takes it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $slug,)* }
            }

            /// What it means, in a sentence.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc,)*).trim(),)* }
            }
        }
    };
}

reasons! {
    /// A secret, or a credential in it, is too short: its bytes stand everywhere by chance.
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
    /// A blob is not what its digest or size says.
    Digest = "digest";
    /// A blob that a manifest names is not there.
    MissingBlob = "missing-blob";
    /// No manifest says what belongs to the image.
    NoManifest = "no-manifest";
    /// A step that mounts a secret came from the cache: the image may hold an earlier value.
    CachedStep = "cached-step";
    /// The build's own account of its steps could not be read.
    BuildLog = "build-log";
}

impl Reason {
    /// Of what stopped a decoder.
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
                    "no such reason, `{name}`: there are {}",
                    names.join(", ")
                ))
            })
    }
}

/// How much was searched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scanned {
    /// Blobs that are layers.
    pub layers: u64,
    /// Files in them.
    pub files: u64,
    /// Bytes that were searched, unpacked ones included.
    pub bytes: u64,
}
