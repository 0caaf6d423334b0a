//! An object of a Google Cloud Storage bucket.
//!
#![doc = include_str!("gcs.md")]

use super::draft::Draft;
use super::host::file_name;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Downloads an object: `gs://bucket/folder/file`.
pub fn download(object: impl Into<String>) -> Download {
    Download {
        object: object.into(),
    }
}

/// A download without its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Download {
    object: String,
}

masked_debug!(Download { object });

impl Download {
    /// Gives the client the key of a service account, or another file of credentials: its JSON. The file is mounted and the client is
    /// pointed at it.
    pub fn key(self, file: Secret) -> WithCredential {
        self.with(Credential::Key(file))
    }

    /// Gives the client an access token, such as that of `gcloud auth print-access-token`, which is valid for an hour.
    pub fn token(self, token: Secret) -> WithCredential {
        self.with(Credential::Token(token))
    }

    fn with(self, credential: Credential) -> WithCredential {
        WithCredential {
            object: self.object,
            credential,
            to: None,
        }
    }
}

/// A download with its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithCredential {
    object: String,
    credential: Credential,
    to: Option<String>,
}

masked_debug!(WithCredential {
    object,
    credential,
    to
});

#[derive(Debug, Clone, PartialEq, Eq)]
enum Credential {
    Key(Secret),
    Token(Secret),
}

impl WithCredential {
    /// Sets the file that is written; without one it has the last name of the object.
    pub fn to(mut self, file: impl Into<String>) -> Self {
        self.to = Some(file.into());
        self
    }

    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the object is not of the form `gs://bucket/name`, or the file is not a path in a layer.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let name = file_name(&self.object, "gs://")?;
        let file = self.to.clone().unwrap_or_else(|| format!("./{name}"));
        let mut draft = Draft::default();
        // In memory: the tokens that the client gets for a key, and its logs.
        draft
            .text("CLOUDSDK_CONFIG=")
            .memory("configuration", "/run/gcloud");
        match self.credential {
            Credential::Key(key) => draft
                .text(" CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE=")
                .secret("key", key),
            Credential::Token(token) => draft
                .text(" CLOUDSDK_AUTH_ACCESS_TOKEN=\"$(cat ")
                .secret("token", token)
                .text(")\""),
        };
        draft
            .text(" gcloud storage cp ")
            .word("object", &self.object)
            .text(" ")
            .path("file", &file)
            .script()
    }
}
