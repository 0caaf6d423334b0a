//! A compiler cache in a private bucket.
//!
#![doc = include_str!("sccache.md")]

use super::draft::Draft;
use super::host::Url;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Builds with a cache in a bucket of S3: `cargo build --release --locked`.
pub fn cargo_build(bucket: impl Into<String>, region: impl Into<String>) -> Build {
    Build {
        bucket: bucket.into(),
        region: region.into(),
        endpoint: None,
    }
}

/// A build without the credentials of its cache.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Build {
    bucket: String,
    region: String,
    endpoint: Option<String>,
}

masked_debug!(Build {
    bucket,
    region,
    endpoint
});

impl Build {
    /// Sets the server of the bucket, for one that is not Amazon's.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// Gives the server of sccache the two halves of an access key.
    pub const fn access_key(self, id: Secret, secret: Secret) -> WithKey {
        WithKey {
            build: self,
            id,
            secret,
        }
    }
}

/// A build with the credentials of its cache.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithKey {
    build: Build,
    id: Secret,
    secret: Secret,
}

masked_debug!(WithKey { build, id, secret });

impl WithKey {
    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the bucket or the region has other characters than letters, digits, `-` and `.`, or the endpoint is not an `https`
    /// URL without a user name.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let (bucket, region) = (&self.build.bucket, &self.build.region);
        for name in [bucket, region] {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
            if name.is_empty() || !name.bytes().all(is_plain) {
                return Err(Error::new(format!(
                    "`{}`: a bucket or a region has letters, digits, `-` and `.` only",
                    name.escape_debug()
                )));
            }
        }
        let endpoint = match &self.build.endpoint {
            Some(url) => {
                let url = Url::parse(url)?.with_slash()?;
                format!(" SCCACHE_ENDPOINT={}", url.trim_end_matches('/'))
            }
            None => String::new(),
        };
        let mut draft = Draft::default();
        draft
            .text("AWS_ACCESS_KEY_ID=\"$(cat ")
            .secret("id", self.id)
            .text(")\" AWS_SECRET_ACCESS_KEY=\"$(cat ")
            .secret("secret", self.secret)
            .text(&format!(
                ")\" SCCACHE_BUCKET={bucket} SCCACHE_REGION={region}{endpoint} \\\n"
            ))
            .text("sccache --start-server && \\\n")
            .text("RUSTC_WRAPPER=sccache cargo build --release --locked && sccache --stop-server")
            .script()
    }
}
