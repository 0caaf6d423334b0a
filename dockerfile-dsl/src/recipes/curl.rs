//! A file from a server that requires a token.
//!
#![doc = include_str!("curl.md")]

use super::draft::Draft;
use super::host::Url;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Downloads a file.
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
    /// Sends `Authorization: Bearer` with the token.
    pub fn bearer(self, token: Secret) -> WithCredential {
        self.header("Authorization: Bearer ", token)
    }

    /// Sends a header: the text that precedes the secret, such as `X-Api-Key: `.
    pub fn header(self, before: impl Into<String>, secret: Secret) -> WithCredential {
        let before = before.into();
        self.with(Credential::Header { before, secret })
    }

    /// Gives curl a `.netrc` with the users and passwords of hosts.
    pub fn netrc(self, netrc: Secret) -> WithCredential {
        self.with(Credential::Netrc(netrc))
    }

    fn with(self, credential: Credential) -> WithCredential {
        WithCredential {
            url: self.url,
            credential,
            to: None,
            sha256: None,
        }
    }
}

/// A download with its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithCredential {
    url: String,
    credential: Credential,
    to: Option<String>,
    sha256: Option<String>,
}

masked_debug!(WithCredential {
    url,
    credential,
    to,
    sha256
});

#[derive(Debug, Clone, PartialEq, Eq)]
enum Credential {
    Header { before: String, secret: Secret },
    Netrc(Secret),
}

impl WithCredential {
    /// Sets the file that is written; without one it has the last name in the URL.
    pub fn to(mut self, file: impl Into<String>) -> Self {
        self.to = Some(file.into());
        self
    }

    /// Requires the SHA-256 of the file, in hexadecimal digits. If it differs, the step fails.
    pub fn sha256(mut self, digest: impl Into<String>) -> Self {
        self.sha256 = Some(digest.into());
        self
    }

    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the URL is not `https` or has a user name, the header has no name, the digest has not 64 digits, or the file
    /// is not a path in a layer.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let url = Url::parse(&self.url)?;
        let mut draft = Draft::default();
        match &self.credential {
            Credential::Header { before, secret } => {
                let (name, _) = before.split_once(": ").unwrap_or_default();
                let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
                let is_plain =
                    |byte: u8| matches!(byte, b' '..=b'~') && !b"'\"\\%{}".contains(&byte);
                if name.is_empty() || !name.bytes().all(is_name) || !before.bytes().all(is_plain) {
                    return Err(Error::new(format!(
                        "`{}`: write the text of the header that precedes the secret, \
                         such as `X-Api-Key: `",
                        before.escape_debug()
                    )));
                }
                // By standard input: an argument is visible to every process of the machine.
                draft
                    .text(&format!("printf 'header = \"{before}%s\"\\n' \"$(cat "))
                    .secret("secret", *secret)
                    .text(")\" | curl -fsSL --config -");
            }
            Credential::Netrc(netrc) => {
                draft
                    .text("curl -fsSL --netrc-file ")
                    .secret("netrc", *netrc);
            }
        }
        let file = match &self.to {
            Some(file) => file.clone(),
            None => {
                let path = url.path.split(['?', '#']).next().unwrap_or_default();
                let name = path.rsplit('/').next().unwrap_or_default();
                if name.is_empty() {
                    return Err(Error::new(
                        "the URL does not end with the name of a file: add `.to(..)`".to_owned(),
                    ));
                }
                format!("./{name}")
            }
        };
        draft.text(" -o ").path("file", &file);
        draft.text(" -- ").word("url", &self.url);
        if let Some(digest) = &self.sha256 {
            if digest.len() != 64 || !digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err(Error::new(format!(
                    "`{}`: a SHA-256 has 64 hexadecimal digits",
                    digest.escape_debug()
                )));
            }
            let digest = digest.to_ascii_lowercase();
            draft
                .text(&format!(" && printf '%s  %s\\n' {digest} "))
                .path("file", &file)
                .text(" | sha256sum --check --quiet -");
        }
        draft.script()
    }
}
