//! One read of an image in a registry: its manifests, then their blobs, several at a time.
//!
//! In: a source of bytes. Out: scanned blobs, each with the expected digest and size, or an error.

use std::collections::{HashSet, VecDeque};
use std::io::Read;
use std::sync::Mutex;

use sha2::{Digest, Sha256};

use super::tool::{BlobSource, Failure, FailureKind};
use super::{Reference, Registry};
use crate::Error;
use crate::contents::Contents;
use crate::digest::Digester;
use crate::document::{Descriptor, Facts, Platform};
use crate::nested;
use crate::redact::Redactor;
use crate::scan::{Counted, Scan, hex};
use crate::worker::{Blob, Worker};

/// Max. manifests, and max. blobs per manifest; more is refused.
const MAX_BLOBS: usize = 4096;

/// Whether it is a digest that is safe as an argument and a file name.
fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, value)| {
        !algorithm.is_empty()
            && algorithm.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && value.len() >= 32
            && value.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// One read of one image.
pub(super) struct Session<'a> {
    pub(super) registry: &'a Registry,
    pub(super) source: Box<dyn BlobSource>,
    pub(super) redactor: &'a Redactor,
}

impl Session<'_> {
    /// Retries a request if that makes sense.
    pub(super) fn retry<T>(
        &self,
        verb: &str,
        what: &str,
        mut attempt: impl FnMut() -> Result<T, Failure>,
    ) -> Result<T, Error> {
        let mut wait = self.registry.first_wait;
        let mut count = 1;
        loop {
            match attempt() {
                Ok(value) => return Ok(value),
                Err(failure) if failure.kind.is_transient() && count < self.registry.attempts => {
                    std::thread::sleep(wait);
                    wait = wait.saturating_mul(2);
                    count += 1;
                }
                Err(failure) => return Err(self.error(verb, what, count, &failure)),
            }
        }
    }

    fn error(&self, verb: &str, what: &str, count: u32, failure: &Failure) -> Error {
        let Registry { reference, .. } = self.registry;
        let message = self.redactor.text(&failure.message);
        let times = match count {
            1 => String::new(),
            count => format!(" (tried {count} times)"),
        };
        let hint = match failure.kind {
            FailureKind::Denied => format!(
                "; log in with `{} {}`",
                self.source.log_in(),
                reference.registry()
            ),
            FailureKind::Limited => {
                "; the registry limits the number of requests: try again later, or log in"
                    .to_owned()
            }
            _ => String::new(),
        };
        Error::usage(format!(
            "cannot {verb} {reference}: {}{message}{times}{hint}",
            if what == reference.plain() || what == "it" {
                String::new()
            } else {
                format!("{what}: ")
            }
        ))
    }

    fn malformed(&self, message: &str) -> Error {
        Error::usage(format!(
            "cannot read {}: {message}",
            self.registry.reference
        ))
    }

    /// Returns the bytes of a manifest or index, with the digest verified if one is known.
    pub(super) fn manifest(
        &self,
        name: &str,
        expected: Option<&str>,
        limit: u64,
    ) -> Result<Vec<u8>, Error> {
        self.retry("read", name, || {
            let text = self.source.manifest(name, limit)?;
            let is_sha256 = expected.filter(|digest| digest.starts_with("sha256:"));
            if is_sha256.is_some_and(|expected| expected != digest(&text)) {
                return Err(Failure::new(
                    FailureKind::Mismatch,
                    "the registry returned bytes that do not match this digest",
                ));
            }
            Ok(text)
        })
    }

    /// Reads the indexes and manifests. Returns the digest of each manifest, with its blobs.
    pub(super) fn manifests(
        &self,
        contents: &mut Contents,
        scan: &Scan,
    ) -> Result<Vec<(String, Vec<Descriptor>)>, Error> {
        let Registry {
            reference,
            platform,
            ..
        } = self.registry;
        let limit = scan.limits.document;
        let top = self.manifest(&reference.plain(), reference.digest(), limit)?;
        let top_digest = reference
            .digest()
            .map_or_else(|| digest(&top), str::to_owned);
        contents.link("index.json".to_owned(), blob_name(&top_digest));
        let mut worker = nested::worker(scan);
        let mut seen = HashSet::from([top_digest.clone()]);
        let mut queue = VecDeque::from([(top_digest, top)]);
        let mut manifests = Vec::new();
        let mut present = Vec::new();
        while let Some((name, text)) = queue.pop_front() {
            let size = text.len() as u64;
            let mut bytes = Counted::new(&text[..], scan);
            let blob = worker.scan_blob(&blob_name(&name), size, &mut bytes);
            let next = match &blob.facts {
                Some(Facts::Manifest { config, layers, .. }) => {
                    let blobs: Vec<_> = config.iter().chain(layers).cloned().collect();
                    if blobs.len() > MAX_BLOBS {
                        return Err(self.malformed("a manifest names too many blobs"));
                    }
                    manifests.push((name, blobs));
                    Vec::new()
                }
                Some(Facts::Index(descriptors)) => {
                    present.extend(descriptors.iter().filter_map(|one| one.platform.clone()));
                    let (chosen, others) = choose(descriptors, platform.as_ref());
                    contents
                        .left_out
                        .extend(others.into_iter().filter_map(|one| one.digest));
                    chosen
                }
                _ => {
                    return Err(self.malformed(&format!(
                        "{name} is not a supported manifest or index (schema \
                            2, OCI)"
                    )));
                }
            };
            contents.members += 1;
            contents
                .digests
                .insert(contents.blobs.len(), name_digest(&blob.name).to_owned());
            contents.blobs.push(blob);
            for descriptor in next {
                let digest = descriptor.digest.as_deref().filter(|text| is_digest(text));
                let digest =
                    digest.ok_or_else(|| self.malformed("an index entry has no digest"))?;
                if !seen.insert(digest.to_owned()) {
                    continue;
                }
                if seen.len() > MAX_BLOBS {
                    return Err(self.malformed("its indexes name too many manifests"));
                }
                let name = reference.with_digest(digest);
                let text = self.manifest(&name, Some(digest), limit)?;
                queue.push_back((digest.to_owned(), text));
            }
        }
        match platform {
            Some(wanted) if manifests.is_empty() => Err(no_platform(reference, wanted, &present)),
            None if manifests.is_empty() => Err(self.malformed("its index contains no image")),
            _ => Ok(manifests),
        }
    }

    /// Scans the blobs of one manifest on several threads, the largest first.
    pub(super) fn blobs(
        &self,
        manifest: &str,
        mut blobs: Vec<Descriptor>,
        contents: &mut Contents,
        scan: &Scan,
    ) -> Result<(), Error> {
        blobs.sort_by_key(|blob| blob.size);
        let threads = scan.limits.threads.clamp(1, blobs.len().max(1));
        let (queue, failed) = (Mutex::new(blobs), Mutex::new(None));
        let results = Mutex::new(contents);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    let mut worker = nested::worker(scan);
                    loop {
                        // A failure means no verdict, so the rest is not read.
                        let has_failed = failed.lock().map_or(true, |failed| failed.is_some());
                        let next = queue.lock().map_or(None, |mut queue| queue.pop());
                        let (false, Some(descriptor)) = (has_failed, next) else {
                            break;
                        };
                        match self.blob(manifest, &descriptor, &mut worker) {
                            Ok((blob, digest)) => {
                                if let Ok(mut contents) = results.lock() {
                                    let number = contents.blobs.len();
                                    contents.digests.insert(number, digest);
                                    contents.members += 1;
                                    contents.blobs.push(blob);
                                }
                            }
                            Err(error) => {
                                if let Ok(mut failed) = failed.lock() {
                                    failed.get_or_insert(error);
                                }
                            }
                        }
                    }
                });
            }
        });
        match failed.into_inner() {
            Ok(None) => Ok(()),
            Ok(Some(error)) => Err(error),
            Err(_) => Err(self.malformed("a thread failed")),
        }
    }

    /// Scans one blob. Returns its SHA-256, too.
    fn blob(
        &self,
        manifest: &str,
        descriptor: &Descriptor,
        worker: &mut Worker<'_>,
    ) -> Result<(Blob, String), Error> {
        let digest = descriptor.digest.as_deref().filter(|text| is_digest(text));
        let (Some(digest), Some(size)) = (digest, descriptor.size) else {
            return Err(self.malformed("a manifest names a blob without digest or size"));
        };
        self.retry("read", digest, || {
            let mut scanned = None;
            let ended = self.source.blob(manifest, digest, &mut |stream| {
                scanned = Some(scan_blob(digest, size, stream, worker));
            });
            let mismatch = |message| Err(Failure::new(FailureKind::Mismatch, message));
            let Some((blob, actual)) = scanned else {
                return Err(ended.err().unwrap_or_else(|| {
                    Failure::new(FailureKind::Other, "the program has no output")
                }));
            };
            if blob.size > size {
                return mismatch(format!("it has more bytes than the {size} of its manifest"));
            }
            ended?;
            if blob.size < size {
                return Err(Failure::new(
                    FailureKind::Unavailable,
                    format!("it ends after {} of {size} bytes", blob.size),
                ));
            }
            match digest.strip_prefix("sha256:") {
                Some(expected) if expected != actual => {
                    mismatch("the registry returned bytes that do not match this digest".into())
                }
                _ => Ok((blob, actual)),
            }
        })
    }
}

/// Scans and digests one byte more than expected, to detect a longer blob.
fn scan_blob(
    digest: &str,
    size: u64,
    stream: &mut dyn Read,
    worker: &mut Worker<'_>,
) -> (Blob, String) {
    std::thread::scope(|scope| {
        let mut digester = Digester::start(scope);
        let limited = stream.take(size.saturating_add(1));
        let mut counted = Counted::new(limited, worker.scan);
        let blob = worker.scan_blob(&blob_name(digest), size, &mut digester.tee(&mut counted));
        digester.end(0);
        let actual = digester.finish().pop().map(|(_, digest)| digest);
        (blob, actual.unwrap_or_default())
    })
}

/// Splits the manifests of an index into those of the platform, and the others. Attestations belong to their image, and nested
/// indexes are followed.
fn choose(
    descriptors: &[Descriptor],
    platform: Option<&Platform>,
) -> (Vec<Descriptor>, Vec<Descriptor>) {
    let Some(wanted) = platform else {
        return (descriptors.to_vec(), Vec::new());
    };
    let is_wanted = |one: &&Descriptor| {
        one.platform
            .as_ref()
            .is_some_and(|platform| platform.is(wanted))
            || one.is_media_type("image.index")
            || one.is_media_type("manifest.list")
    };
    let chosen: HashSet<&str> = descriptors
        .iter()
        .filter(is_wanted)
        .filter_map(|one| one.digest.as_deref())
        .collect();
    descriptors.iter().cloned().partition(|one| {
        let of = one
            .annotations
            .as_ref()
            .and_then(|annotations| annotations.get("vnd.docker.reference.digest"));
        let names = [one.digest.as_ref(), of];
        names
            .into_iter()
            .flatten()
            .any(|name| chosen.contains(&name[..]))
    })
}

fn blob_name(digest: &str) -> String {
    format!("blobs/{}", digest.replacen(':', "/", 1))
}

fn name_digest(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}

pub(super) fn no_platform<'p>(
    reference: &Reference,
    wanted: &Platform,
    present: impl IntoIterator<Item = &'p Platform>,
) -> Error {
    let present: Vec<String> = present.into_iter().map(ToString::to_string).collect();
    Error::usage(format!(
        "{reference} has no image for {wanted}: it has {}",
        if present.is_empty() {
            "no entry with a platform".to_owned()
        } else {
            present.join(", ")
        }
    ))
}

pub(super) fn digest(text: &[u8]) -> String {
    format!("sha256:{}", hex(&Sha256::digest(text)))
}
