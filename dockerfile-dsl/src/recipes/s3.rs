//! An object of an S3 bucket, from Amazon or from a server of your own.
//!
#![doc = include_str!("s3.md")]

use super::draft::Draft;
use super::host::{Url, file_name};
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Downloads an object: `s3://bucket/folder/file`.
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
    /// Gives the client a file in the form of `~/.aws/credentials`. The file is mounted and the client is pointed at it.
    pub fn credentials(self, file: Secret) -> WithCredential {
        self.with(Credential::File(file))
    }

    /// Gives the client the id of an access key and its secret.
    pub fn keys(self, id: Secret, secret: Secret) -> WithCredential {
        self.with(Credential::Keys { id, secret })
    }

    fn with(self, credential: Credential) -> WithCredential {
        WithCredential {
            object: self.object,
            credential,
            region: None,
            endpoint: None,
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
    region: Option<String>,
    endpoint: Option<String>,
    to: Option<String>,
}

masked_debug!(WithCredential {
    object,
    credential,
    region,
    endpoint,
    to
});

#[derive(Debug, Clone, PartialEq, Eq)]
enum Credential {
    File(Secret),
    Keys { id: Secret, secret: Secret },
}

impl WithCredential {
    /// Sets the file that is written; without one it has the last name of the object.
    pub fn to(mut self, file: impl Into<String>) -> Self {
        self.to = Some(file.into());
        self
    }

    /// Sets the region of the bucket, such as `eu-central-1`.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Sets the server, instead of Amazon's.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the object is not of the form `s3://bucket/name`, the endpoint is not an `https` URL without a user name, or the
    /// file is not a path in a layer.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let mut draft = Draft::default();
        match self.credential {
            Credential::File(file) => {
                draft
                    .text("AWS_SHARED_CREDENTIALS_FILE=")
                    .secret("credentials", file);
            }
            Credential::Keys { id, secret } => {
                draft
                    .text("AWS_ACCESS_KEY_ID=\"$(cat ")
                    .secret("id", id)
                    .text(")\" AWS_SECRET_ACCESS_KEY=\"$(cat ")
                    .secret("secret", secret)
                    .text(")\"");
            }
        }
        draft.text(" aws");
        if let Some(endpoint) = &self.endpoint {
            let url = Url::parse(endpoint)?.with_slash()?;
            draft.text(" --endpoint-url ").text(&url);
        }
        if let Some(region) = &self.region {
            draft.text(" --region ").word("region", region);
        }
        let name = file_name(&self.object, "s3://")?;
        let file = self.to.clone().unwrap_or_else(|| format!("./{name}"));
        draft
            .text(" s3 cp --only-show-errors ")
            .word("object", &self.object)
            .text(" ")
            .path("file", &file)
            .script()
    }
}
