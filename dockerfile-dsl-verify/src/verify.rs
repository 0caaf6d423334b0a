//! The check as a whole: secrets to needles, an image to scanned blobs, both to a report.
//!
//! One file, because a verdict is put together from what all the steps before it know.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::archive::{self, Contents, Kind};
use crate::base;
use crate::layout::{self, Role};
use crate::needle::{LEAST_LENGTH, Needle, needles_of};
use crate::parts::{Parts, trim};
use crate::redact::Redactor;
use crate::scan::{Scan, Sighting};
use crate::search::Matcher;
use crate::stream::MemberPart;
use crate::{Error, FilePart, Finding, Gap, Limits, Match, Place, Reason, Report, Scanned, Secret};

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
            let parts = Parts::of(secret);
            if parts.too_short > 0 {
                let detail = if secret.value().is_empty() {
                    "it is empty here, and the build had a value that is not known".to_owned()
                } else {
                    format!(
                        "{} in it has fewer than {LEAST_LENGTH} bytes and cannot be told from other text",
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

/// Puts together what the blobs hold and what the manifests say.
struct Assembly<'a> {
    verify: &'a Verify,
    scan: &'a Scan,
    redactor: &'a Redactor,
    /// For each secret, how many groups its pieces make.
    groups: &'a [usize],
    contents: &'a mut Contents,
    roles: &'a [Role],
}

impl Assembly<'_> {
    fn report(self, image: &str, mut gaps: Vec<Gap>) -> Report {
        for blob in &mut self.contents.blobs {
            gaps.append(&mut blob.gaps);
            if let Some(tree) = &mut blob.tree {
                tree.sort();
            }
        }
        for gap in &mut gaps {
            gap.place = self.redactor.text(&gap.place);
            gap.detail = self.redactor.text(&gap.detail);
        }
        let known = self.known_texts();
        let mut known_texts = 0;
        let mut findings = Vec::new();
        for (index, blob) in self.contents.blobs.iter().enumerate() {
            for sighting in &blob.sightings {
                let matched = self.matched(sighting);
                let is_known = |(needle, ranges): (&usize, &Vec<(usize, usize)>)| {
                    let known = known.get(needle).map_or(&[][..], |ranges| &ranges[..]);
                    ranges.iter().all(|range| {
                        known
                            .iter()
                            .any(|known| known.0 <= range.0 && range.1 <= known.1)
                    })
                };
                if matched == Match::Part && sighting.seen.iter().all(is_known) {
                    known_texts += 1;
                } else {
                    findings.push(self.finding(index, sighting, matched));
                }
            }
        }
        findings.sort_by(|one, other| {
            (&one.secret, one.place, &one.layer, &one.path, one.offset).cmp(&(
                &other.secret,
                other.place,
                &other.layer,
                &other.path,
                other.offset,
            ))
        });
        let blobs = &self.contents.blobs;
        let scanned = Scanned {
            layers: self
                .roles
                .iter()
                .filter(|role| matches!(role, Role::Layer(_)))
                .count() as u64,
            files: blobs.iter().map(|blob| blob.files).sum::<u64>()
                + self.contents.other_files
                + if self.contents.kind == Kind::Tree {
                    self.contents.members
                } else {
                    0
                },
            bytes: self.scan.read.load(Ordering::Relaxed)
                + self
                    .scan
                    .decoded
                    .iter()
                    .map(|count| count.load(Ordering::Relaxed))
                    .sum::<u64>(),
        };
        Report {
            image: self.redactor.text(image),
            findings,
            incomplete: gaps,
            scanned,
            known_texts,
        }
    }

    fn finding(&self, index: usize, sighting: &Sighting, matched: Match) -> Finding {
        let blob = &self.contents.blobs[index];
        let role = &self.roles[index];
        let is_image = self.contents.kind == Kind::Image;
        let history = sighting
            .path
            .strip_prefix("/history/")
            .and_then(|rest| rest.split('/').next()?.parse::<usize>().ok());
        let place = match role {
            _ if self.contents.kind == Kind::Log => Place::Log,
            _ if self.contents.kind == Kind::Tree => Place::Layer,
            Role::Layer(_) => Place::Layer,
            Role::Config(_) if history.is_some() => Place::History,
            Role::Config(_) => Place::Config,
            Role::Manifest if sighting.path.contains("/annotations/") => Place::Annotation,
            Role::Manifest => Place::Manifest,
            Role::Attestation => Place::Attestation,
            Role::Cache => Place::Cache,
            Role::Log => Place::Log,
            // What nothing refers to is what it looks like.
            Role::Unreferenced if blob.tree.is_some() || blob.facts.is_none() => Place::Layer,
            Role::Unreferenced if blob.name.ends_with("/json") => Place::Config,
            Role::Unreferenced => Place::Manifest,
        };
        let instruction = match (role, history) {
            (Role::Layer(layer), _) => layer.instruction.clone(),
            (Role::Config(instructions), Some(entry)) => instructions.get(entry).cloned(),
            _ => None,
        };
        let deleted_later = match role {
            Role::Layer(layer) => {
                let file = sighting.path.split('!').next().unwrap_or_default();
                layer.above.iter().any(|&above| {
                    self.contents.blobs[above]
                        .tree
                        .as_ref()
                        .is_some_and(|tree| tree.hides(file.as_bytes()))
                })
            }
            _ => false,
        };
        let path = match (is_image, sighting.path.is_empty()) {
            (true, _) => sighting.path.clone(),
            (false, true) => blob.name.clone(),
            (false, false) if blob.name.is_empty() => sighting.path.clone(),
            (false, false) if blob.facts.is_some() => format!("{}#{}", blob.name, sighting.path),
            (false, false) => format!("{}!{}", blob.name, sighting.path),
        };
        Finding {
            secret: self.verify.secrets[sighting.secret].id().to_owned(),
            place,
            layer: is_image.then(|| self.redactor.text(&blob_name(&blob.name))),
            instruction: instruction.map(|text| self.redactor.text(&text)),
            path: self.redactor.text(&path),
            part: match sighting.part {
                MemberPart::Content => FilePart::Content,
                MemberPart::Header => FilePart::Header,
            },
            offset: sighting.offset,
            encodings: sighting
                .chain
                .iter()
                .copied()
                .chain([sighting.encoding.name()])
                .collect(),
            matched,
            deleted_later,
        }
    }

    /// Whole where all groups of the secret's pieces were seen from end to end.
    fn matched(&self, sighting: &Sighting) -> Match {
        let needles = self.scan.matcher.needles();
        let whole: HashSet<usize> = sighting
            .seen
            .iter()
            .filter(|(needle, ranges)| ranges[..] == [(0, needles[**needle].bytes.len())])
            .map(|(&needle, _)| needles[needle].group)
            .collect();
        if whole.len() >= self.groups[sighting.secret].max(1) {
            Match::Whole
        } else {
            Match::Part
        }
    }

    /// What stands in base layers, of secrets of which only a part does.
    fn known_texts(&self) -> HashMap<usize, Vec<(usize, usize)>> {
        let mut known: HashMap<usize, Vec<(usize, usize)>> = HashMap::new();
        for (index, blob) in self.contents.blobs.iter().enumerate() {
            let diff_id = match &self.roles[index] {
                Role::Layer(layer) => layer.diff_id.clone(),
                _ => None,
            };
            let digest = self
                .contents
                .digests
                .get(&index)
                .map(|hex| format!("sha256:{hex}"));
            if !diff_id
                .iter()
                .chain(&digest)
                .any(|id| self.verify.base_layers.contains(id))
            {
                continue;
            }
            for sighting in blob
                .sightings
                .iter()
                .filter(|sighting| self.matched(sighting) == Match::Part)
            {
                for (&needle, ranges) in &sighting.seen {
                    known.entry(needle).or_default().extend(ranges);
                }
            }
        }
        known
    }
}

/// `sha256:..` where the name is a digest.
fn blob_name(name: &str) -> String {
    match name.strip_prefix("blobs/") {
        Some(digest) => digest.replacen('/', ":", 1),
        None => name.to_owned(),
    }
}
