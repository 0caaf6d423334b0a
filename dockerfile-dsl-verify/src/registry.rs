//! Scans the blobs of an image in a registry: manifests first, then their blobs, several at a time.
//!
//! In: a reference. Out: contents as those of an archive. Every byte comes through an installed program (see [`tool`]), so that
//! its log-ins apply and this crate makes no request. Invariant: bytes with a wrong digest or size, and blobs that cannot be
//! read, are an error: a partial image has no verdict.

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
/// It is read by crane or skopeo, with the program's log-in. crane streams; skopeo stores the blobs of one platform at a time in
/// a folder below `TMPDIR` that only this user can read. The folder is removed, even if this program is interrupted.
///
/// ```no_run
/// use dockerfile_dsl_verify::{Registry, Secret, Verify};
///
/// let image = Registry::new("registry.example.com/team/app:1")?.platform("linux/amd64")?;
/// let report = Verify::new([Secret::from_env("TOKEN", "TOKEN")?]).run(image.into())?;
/// # Ok::<(), dockerfile_dsl_verify::Error>(())
/// ```
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
    /// Parses `HOST[:PORT]/PATH[:TAG][@DIGEST]`. A name without a host refers to Docker Hub.
    ///
    /// # Errors
    /// Returns an error if the text is not a valid reference.
    pub fn new(reference: &str) -> Result<Self, Error> {
        Ok(Self {
            reference: Reference::parse(reference)?,
            platform: None,
            tool: None,
            attempts: 4,
            first_wait: Duration::from_secs(1),
        })
    }

    /// Selects one platform of the image, `OS/ARCHITECTURE[/VARIANT]`, with its attestations.
    ///
    /// # Errors
    /// Returns an error if the text is not a valid platform.
    pub fn platform(mut self, platform: &str) -> Result<Self, Error> {
        self.platform = Some(Platform::parse(platform)?);
        Ok(self)
    }

    /// Sets the program that reads the registry: crane, or skopeo if its name contains that. By default the one on `PATH`, crane
    /// first.
    pub fn tool(mut self, program: impl Into<PathBuf>) -> Self {
        self.tool = Some(program.into());
        self
    }

    /// Sets the number of attempts for a request that fails temporarily (429, 5xx, a cut connection), and the wait before the
    /// second one; each wait is twice the previous. By default 4 attempts and 1 second.
    pub fn attempts(mut self, attempts: u32, first_wait: Duration) -> Self {
        (self.attempts, self.first_wait) = (attempts.max(1), first_wait);
        self
    }

    /// Returns the name in reports.
    pub(crate) fn name(&self) -> String {
        match &self.platform {
            Some(platform) => format!("{} ({platform})", self.reference),
            None => self.reference.to_string(),
        }
    }
}
