//! A blob of Azure Storage.
//!
#![doc = include_str!("azure.md")]

use super::draft::Draft;
use super::host::{Url, file_name};
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Downloads a blob: `https://account.blob.core.windows.net/container/folder/file`.
pub fn download(url: impl Into<String>) -> Download {
    Download { url: url.into() }
}

/// A download without its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Download {
    url: String,
}

masked_debug!(Download { url });

impl Download {
    /// Gives the client a shared access signature: the query of a signed URL.
    pub fn sas(self, signature: Secret) -> WithCredential {
        self.with("AZURE_STORAGE_SAS_TOKEN", signature)
    }

    /// Gives the client a key of the account.
    pub fn account_key(self, key: Secret) -> WithCredential {
        self.with("AZURE_STORAGE_KEY", key)
    }

    fn with(self, variable: &'static str, secret: Secret) -> WithCredential {
        WithCredential {
            url: self.url,
            variable,
            secret,
            to: None,
        }
    }
}

/// A download with its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithCredential {
    url: String,
    variable: &'static str,
    secret: Secret,
    to: Option<String>,
}

masked_debug!(WithCredential {
    url,
    variable,
    secret,
    to
});

impl WithCredential {
    /// Sets the file that is written; without one it has the last name in the URL.
    pub fn to(mut self, file: impl Into<String>) -> Self {
        self.to = Some(file.into());
        self
    }

    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the URL is not that of a blob by `https`, has a query, or the file is not a path in a layer.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let url = Url::parse(&self.url)?;
        if self.url.contains(['?', '#']) {
            return Err(Error::new(
                "take the query out of the URL: a signature is a secret, for `.sas(..)`".to_owned(),
            ));
        }
        let path = url.path.trim_start_matches('/');
        let (container, blob) = path.split_once('/').unwrap_or_default();
        if container.is_empty() || !url.authority.contains('.') {
            return Err(Error::new(format!(
                "`{}`: the URL of a blob is \
                 `https://account.blob.core.windows.net/container/file`",
                self.url.escape_debug()
            )));
        }
        let name = file_name(&self.url, &format!("{}://", url.scheme))?;
        let file = self.to.clone().unwrap_or_else(|| format!("./{name}"));
        let mut draft = Draft::default();
        // In memory: the client writes a configuration, logs and telemetry.
        draft
            .text("AZURE_CONFIG_DIR=")
            .memory("configuration", "/run/azure")
            .text(&format!(" {}=\"$(cat ", self.variable))
            .secret("secret", self.secret)
            .text(")\" az storage blob download --only-show-errors --output none ");
        match url.authority.strip_suffix(".blob.core.windows.net") {
            Some(account) => draft.text("--account-name ").word("account", account),
            // Another cloud, or a server of your own.
            None => draft
                .text("--blob-endpoint ")
                .word("endpoint", &format!("{}://{}", url.scheme, url.authority)),
        };
        draft
            .text(" --container-name ")
            .word("container", container)
            .text(" --name ")
            .word("blob", blob)
            .text(" --file ")
            .path("file", &file)
            .script()
    }
}
