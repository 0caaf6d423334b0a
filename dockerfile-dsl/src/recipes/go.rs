//! Private modules of Go.
//!
#![doc = include_str!("go.md")]

use dockerfile_dsl_analysis::git_host;

use super::draft::Draft;
use super::host::Url;
use super::names;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Downloads the modules of `go.mod`, without running any of their code: `go mod download`.
pub const fn download() -> Download {
    Download
}

/// A download without its credential.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Download;

impl Download {
    /// Gives Go a `.netrc` with the users and passwords of hosts. The file is mounted and Go is pointed at it.
    pub const fn netrc(self, netrc: Secret) -> WithCredential {
        WithCredential {
            credential: Credential::Netrc(netrc),
            proxy: None,
        }
    }

    /// Gives Go a module proxy, from which all modules come, with a user name and its password or token.
    pub fn password(
        self,
        proxy: impl Into<String>,
        user: impl Into<String>,
        password: Secret,
    ) -> WithCredential {
        WithCredential {
            credential: Credential::Password {
                user: user.into(),
                password,
            },
            proxy: Some(proxy.into()),
        }
    }

    /// Gives git the token of a host. Modules that match the pattern, such as `git.acme.test/*`, are cloned from their own host: they are the
    /// value of `GOPRIVATE`.
    pub fn token(
        self,
        modules: impl Into<String>,
        host: impl Into<String>,
        token: Secret,
    ) -> WithCredential {
        WithCredential {
            credential: Credential::Token {
                modules: modules.into(),
                host: host.into(),
                token,
            },
            proxy: None,
        }
    }
}

/// A download with its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithCredential {
    credential: Credential,
    proxy: Option<String>,
}

masked_debug!(WithCredential { credential, proxy });

#[derive(Debug, Clone, PartialEq, Eq)]
enum Credential {
    Netrc(Secret),
    Password {
        user: String,
        password: Secret,
    },
    Token {
        modules: String,
        host: String,
        token: Secret,
    },
}

impl WithCredential {
    /// Sets the module proxy, instead of `proxy.golang.org`.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the proxy or the host is not an `https` URL without a user name, the user name has other characters than those
    /// of names, or the modules are not a list of patterns.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let proxy = self.proxy.as_deref().map(Url::parse).transpose()?;
        let proxy = proxy.map(|url| url.with_slash()).transpose()?;
        let mut draft = Draft::default();
        match (&self.credential, &proxy) {
            (Credential::Password { user, password }, Some(url)) => {
                let (scheme, rest) = url.split_once("://").unwrap_or_default();
                let user = names::user(user)?;
                draft
                    .text(&format!("GOPROXY=\"{scheme}://{user}:$(cat "))
                    .secret("password", *password)
                    .text(&format!(")@{rest}\" "));
            }
            (_, Some(url)) => {
                draft.text(&format!("GOPROXY={url} "));
            }
            (_, None) => {}
        }
        match &self.credential {
            Credential::Netrc(netrc) => {
                draft.text("NETRC=").secret("netrc", *netrc).text(" ");
            }
            Credential::Password { .. } => {}
            Credential::Token {
                modules,
                host,
                token,
            } => {
                let modules = checked_patterns(modules)?;
                let url = Url::parse(host)?;
                let (scheme, host) = (url.scheme, url.authority);
                let user = git_host::user(host, token.id());
                draft
                    .text(&format!("GOPRIVATE='{modules}' GIT_CONFIG_COUNT=2 \\\n"))
                    .text("GIT_CONFIG_KEY_0=credential.helper GIT_CONFIG_VALUE_0= \\\n")
                    .text(&format!(
                        "GIT_CONFIG_KEY_1=credential.{scheme}://{host}.helper \\\n"
                    ))
                    .text(&format!(
                        "GIT_CONFIG_VALUE_1='!f() {{ echo username={user}; echo \"password=$(cat "
                    ))
                    .secret("token", *token)
                    .text(")\"; }; f' \\\n");
            }
        }
        draft.text("go mod download").script()
    }
}

/// Checks the value of `GOPRIVATE`.
fn checked_patterns(patterns: &str) -> Result<&str, Error> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/*?[],".contains(&byte);
    if patterns.is_empty() || !patterns.bytes().all(is_plain) {
        return Err(Error::new(format!(
            "`{}`: write patterns of modules such as `git.acme.test/*,*.corp.test`",
            patterns.escape_debug()
        )));
    }
    Ok(patterns)
}
