//! Source maps for Sentry.
//!
#![doc = include_str!("sentry.md")]

use super::draft::Draft;
use super::host::Url;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Uploads the source maps of a folder, after an id was written into its files.
pub fn source_maps(folder: impl Into<String>) -> Upload {
    Upload {
        folder: folder.into(),
    }
}

/// An upload without its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Upload {
    folder: String,
}

masked_debug!(Upload { folder });

impl Upload {
    /// Gives the client a token, with the organization and the project that the source maps are for.
    pub fn token(
        self,
        organization: impl Into<String>,
        project: impl Into<String>,
        token: Secret,
    ) -> WithCredential {
        WithCredential {
            upload: self,
            organization: organization.into(),
            project: project.into(),
            token,
            url: None,
        }
    }
}

/// An upload with its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithCredential {
    upload: Upload,
    organization: String,
    project: String,
    token: Secret,
    url: Option<String>,
}

masked_debug!(WithCredential {
    upload,
    organization,
    project,
    token,
    url
});

impl WithCredential {
    /// Sets the server, instead of that of the token or `sentry.io`.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the server is not an `https` URL without a user name, or the folder is not a path in a layer.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let mut draft = Draft::default();
        draft
            .text("sentry-cli sourcemaps inject ")
            .path("folder", &self.upload.folder)
            .text(" && SENTRY_AUTH_TOKEN=\"$(cat ")
            .secret("token", self.token)
            .text(")\" sentry-cli");
        if let Some(url) = &self.url {
            draft.text(" --url ").text(&Url::parse(url)?.with_slash()?);
        }
        draft
            .text(" sourcemaps upload --org ")
            .word("organization", &self.organization)
            .text(" --project ")
            .word("project", &self.project)
            .text(" ")
            .path("folder", &self.upload.folder)
            .script()
    }
}
