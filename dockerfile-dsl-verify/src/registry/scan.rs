//! Operations on an image in a registry: scan, resolve the digest, delete.

use std::collections::HashSet;

use super::session::{Session, digest, no_platform};
use super::{Registry, tool};
use crate::contents::{Contents, Kind};
use crate::document::{Descriptor, Facts};
use crate::redact::Redactor;
use crate::scan::Scan;
use crate::{Error, Progress};

impl Registry {
    /// Asks the registry for the digest of the manifest or index.
    ///
    /// # Errors
    /// Returns an error if it cannot be read.
    pub fn digest(&self) -> Result<String, Error> {
        let redactor = Redactor::new(&[], std::iter::empty());
        let session = self.session(&redactor)?;
        let limit = crate::Limits::default().document;
        let text = session.manifest(&self.reference.plain(), self.reference.digest(), limit)?;
        Ok(digest(&text))
    }

    /// Deletes the manifest or index. Its blobs remain until the registry's garbage collection.
    ///
    /// # Errors
    /// Returns an error if the reference has no digest, or the registry refuses.
    pub fn delete(&self) -> Result<(), Error> {
        if self.reference.digest().is_none() {
            return Err(Error::usage(format!(
                "cannot delete {}: only a digest can be deleted, as the tag may have moved to \
                 another image",
                self.reference
            )));
        }
        let redactor = Redactor::new(&[], std::iter::empty());
        let session = self.session(&redactor)?;
        session.retry("delete", "it", || {
            session.source.delete(&self.reference.plain())
        })
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

    /// Checks the platform in the config of an image without an index.
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
