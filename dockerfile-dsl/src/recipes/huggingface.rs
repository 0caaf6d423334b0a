//! A gated or private model of Hugging Face.
//!
#![doc = include_str!("huggingface.md")]

use super::draft::Draft;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Downloads a model, by the name of its repository: `acme/model`.
pub fn download(repository: impl Into<String>) -> Download {
    Download {
        repository: repository.into(),
    }
}

/// A download without its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Download {
    repository: String,
}

masked_debug!(Download { repository });

impl Download {
    /// Gives `hf` the file of a token.
    pub fn token(self, token: Secret) -> WithCredential {
        WithCredential {
            repository: self.repository,
            token,
            revision: None,
            to: None,
        }
    }
}

/// A download with its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithCredential {
    repository: String,
    token: Secret,
    revision: Option<String>,
    to: Option<String>,
}

masked_debug!(WithCredential {
    repository,
    token,
    revision,
    to
});

impl WithCredential {
    /// Sets the branch, tag or commit.
    pub fn revision(mut self, revision: impl Into<String>) -> Self {
        self.revision = Some(revision.into());
        self
    }

    /// Sets the directory of the files; without one they are in the cache of the user.
    pub fn to(mut self, directory: impl Into<String>) -> Self {
        self.to = Some(directory.into());
        self
    }

    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the repository is not of the form `owner/name`, or the directory is not a path in a layer.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        let is_name = |name: &str| {
            !name.is_empty() && !name.starts_with(['-', '.']) && name.bytes().all(is_plain)
        };
        let parts: Vec<&str> = self.repository.split('/').collect();
        if parts.len() != 2 || !parts.iter().all(|part| is_name(part)) {
            return Err(Error::new(format!(
                "`{}`: a repository is written `owner/name`",
                self.repository.escape_debug()
            )));
        }
        let mut draft = Draft::default();
        draft
            .text("HF_TOKEN_PATH=")
            .secret("token", self.token)
            .text(&format!(" hf download {}", self.repository));
        if let Some(revision) = &self.revision {
            draft.text(" --revision ").word("revision", revision);
        }
        if let Some(directory) = &self.to {
            draft.text(" --local-dir ").path("directory", directory);
        }
        draft.script()
    }
}
