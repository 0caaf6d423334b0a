//! An image in a registry to its blobs, each of them scanned: manifests first, then what they name, several at a time.
//!
//! In: a reference. Out: contents as those of an archive. Every byte comes through a program that is installed (see
//! [`tool`]), so that its log-ins count and no request is made here. Invariant: bytes that do not have the digest and the
//! size by which they were asked for are an error, and so is what cannot be read: no verdict is given on a part of an image.

mod folder;
mod reference;
mod scan;
mod session;
mod tool;

use std::path::PathBuf;
use std::time::Duration;

use crate::Error;
use crate::document::Platform;
pub use folder::PrivateFolder;
pub(crate) use reference::Reference;

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

    /// As a report calls it.
    pub(crate) fn name(&self) -> String {
        match &self.platform {
            Some(platform) => format!("{} ({platform})", self.reference),
            None => self.reference.to_string(),
        }
    }
}
