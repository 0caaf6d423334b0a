//! An image in a registry to its blobs, each of them scanned: manifests first, then what they name, several at a time.
//!
//! In: a reference. Out: contents as those of an archive. Every byte comes through a program that is installed (see
//! [`tool`]), so that its log-ins count and no request is made here. Invariant: bytes that do not have the digest and the
//! size by which they were asked for are an error, and so is what cannot be read: no verdict is given on a part of an image.

mod folder;
mod reference;
mod session;
mod tool;

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

use sha2::{Digest, Sha256};

pub use folder::PrivateFolder;
pub(crate) use reference::Reference;
use session::Session;

use crate::archive::{Contents, Kind};
use crate::document::{Descriptor, Facts, Platform};
use crate::redact::Redactor;
use crate::scan::{Scan, hex};
use crate::{Error, Progress};

/// More manifests, or more blobs of one, are no image.
const MAX_BLOBS: usize = 4096;

/// An image in a registry, by tag or by digest: all of its platforms, or one.
///
/// crane or skopeo reads it, with the log-in that the program has. crane streams; skopeo stores the blobs of one platform at a
/// time in a folder below `TMPDIR` that only this user can read and that is removed, also when this program is interrupted.
#[derive(Debug, Clone)]
#[must_use = "it is read by `Verify::run`"]
pub struct Registry {
    reference: Reference,
    platform: Option<Platform>,
    tool: Option<PathBuf>,
    attempts: u32,
    first_wait: Duration,
}

impl Registry {
    /// `HOST[:PORT]/PATH[:TAG][@DIGEST]`. A name without a host is of Docker Hub.
    ///
    /// # Errors
    /// Where the text is no such reference.
    pub fn new(reference: &str) -> Result<Self, Error> {
        Ok(Self {
            reference: Reference::parse(reference)?,
            platform: None,
            tool: None,
            attempts: 4,
            first_wait: Duration::from_secs(1),
        })
    }

    /// Searches one platform of the image, `OS/ARCHITECTURE[/VARIANT]`, with its attestations.
    ///
    /// # Errors
    /// Where the text is no platform.
    pub fn platform(mut self, platform: &str) -> Result<Self, Error> {
        self.platform = Some(Platform::parse(platform)?);
        Ok(self)
    }

    /// The program that reads the registry: crane, or skopeo where its name says so. By default the one on `PATH`, crane first.
    pub fn tool(mut self, program: impl Into<PathBuf>) -> Self {
        self.tool = Some(program.into());
        self
    }

    /// How often a request is made that fails for a reason that may pass (429, 5xx, a cut connection), and how long to wait
    /// before the second one; each wait is twice the one before. By default 4 times and 1 second.
    pub fn attempts(mut self, attempts: u32, first_wait: Duration) -> Self {
        (self.attempts, self.first_wait) = (attempts.max(1), first_wait);
        self
    }

    /// Asks the registry for the digest of the manifest or index.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn digest(&self) -> Result<String, Error> {
        let redactor = Redactor::new(&[], std::iter::empty());
        let session = self.session(&redactor)?;
        let limit = crate::Limits::default().document;
        let text = session.manifest(&self.reference.plain(), self.reference.digest(), limit)?;
        Ok(digest(&text))
    }

    /// Deletes the manifest or index. Its blobs stay until the registry collects what nothing refers to.
    ///
    /// # Errors
    /// Where the reference has no digest, or the registry does not allow it.
    pub fn delete(&self) -> Result<(), Error> {
        if self.reference.digest().is_none() {
            return Err(Error::usage(format!(
                "cannot delete {}: only a digest is deleted, as a tag may be another image by now",
                self.reference
            )));
        }
        let redactor = Redactor::new(&[], std::iter::empty());
        let session = self.session(&redactor)?;
        session.retry("delete", "it", || {
            session.source.delete(&self.reference.plain())
        })
    }

    /// As a report calls it.
    pub(crate) fn name(&self) -> String {
        match &self.platform {
            Some(platform) => format!("{} ({platform})", self.reference),
            None => self.reference.to_string(),
        }
    }

    fn session<'a>(&'a self, redactor: &'a Redactor) -> Result<Session<'a>, Error> {
        Ok(Session {
            registry: self,
            source: tool::find(self.tool.as_deref(), &self.reference)?,
            redactor,
        })
    }

    pub(crate) fn scan(
        &self,
        scan: &Scan,
        progress: &Progress,
        redactor: &Redactor,
    ) -> Result<Contents, Error> {
        let session = self.session(redactor)?;
        let mut contents = Contents::new(Kind::Image);
        let manifests = session.manifests(&mut contents, scan)?;
        let mut known = HashSet::new();
        let todo: Vec<(String, Vec<Descriptor>)> = manifests
            .into_iter()
            .map(|(manifest, mut blobs)| {
                blobs.retain(|blob| known.insert(blob.digest.clone()));
                (self.reference.with_digest(&manifest), blobs)
            })
            .filter(|(_, blobs)| !blobs.is_empty())
            .collect();
        let sizes = todo.iter().flat_map(|(_, blobs)| blobs);
        progress.set_total(sizes.filter_map(|blob| blob.size).sum());
        for (manifest, blobs) in todo {
            let source = &session.source;
            session.retry("read", &manifest, || source.open(&manifest))?;
            session.blobs(&manifest, blobs, &mut contents, scan)?;
            source.close(&manifest);
        }
        self.check_platform(&contents)?;
        Ok(contents)
    }

    /// An image that has no index says in its config what platform it is for.
    fn check_platform(&self, contents: &Contents) -> Result<(), Error> {
        // The index comes first.
        let top = contents.blobs.first().and_then(|blob| blob.facts.as_ref());
        let (Some(wanted), Some(Facts::Manifest { .. })) = (&self.platform, top) else {
            return Ok(());
        };
        let configs = contents.blobs.iter().filter_map(|blob| match &blob.facts {
            Some(Facts::Config { platform, .. }) => Some(platform),
            _ => None,
        });
        let platforms: Vec<_> = configs.collect();
        if platforms.iter().any(|platform| platform.is(wanted)) {
            return Ok(());
        }
        Err(no_platform(&self.reference, wanted, platforms))
    }
}

fn no_platform<'p>(
    reference: &Reference,
    wanted: &Platform,
    present: impl IntoIterator<Item = &'p Platform>,
) -> Error {
    let present: Vec<String> = present.into_iter().map(ToString::to_string).collect();
    Error::usage(format!(
        "{reference} has no image for {wanted}: it has {}",
        if present.is_empty() {
            "none that says its platform".to_owned()
        } else {
            present.join(", ")
        }
    ))
}

fn digest(text: &[u8]) -> String {
    format!("sha256:{}", hex(&Sha256::digest(text)))
}
