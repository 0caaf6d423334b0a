//! Private packages of R.
//!
#![doc = include_str!("r.md")]

use super::draft::Draft;
use super::host::Url;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret};

/// Installs what `renv.lock` names: `renv::restore()`.
pub const fn restore() -> Install {
    Install {
        repository: None,
        host: None,
    }
}

/// Installs a package of a repository at GitHub, such as `acme/greeting`: `remotes::install_github(..)`.
pub fn install_github(repository: impl Into<String>) -> Install {
    Install {
        repository: Some(repository.into()),
        host: None,
    }
}

/// An installation without its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Install {
    repository: Option<String>,
    host: Option<String>,
}

masked_debug!(Install { repository, host });

impl Install {
    /// Installs from a GitHub of your own, by the URL of its API: `https://github.acme.test/api/v3`. Not for [`restore`]: `renv.lock` has the
    /// host of each package.
    pub fn host(mut self, url: impl Into<String>) -> Self {
        self.host = Some(url.into());
        self
    }

    /// Gives R a token of GitHub.
    pub const fn token(self, token: Secret) -> WithToken {
        WithToken {
            install: self,
            token,
        }
    }
}

/// An installation with its token.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct WithToken {
    install: Install,
    token: Secret,
}

masked_debug!(WithToken { install, token });

impl WithToken {
    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the repository has other characters than letters, digits and `-._/@#`, or the host is not an `https` URL without
    /// a user name.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let host = match &self.install.host {
            None => String::new(),
            Some(url) => {
                let url = Url::parse(url)?.with_slash()?;
                format!(", host = \"{}\"", url.trim_end_matches('/'))
            }
        };
        let call = match &self.install.repository {
            None if host.is_empty() => "renv::restore(prompt = FALSE)".to_owned(),
            None => {
                return Err(Error::new(
                    "take the host away: `renv.lock` has the host of each package".to_owned(),
                ));
            }
            Some(repository) => {
                let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/@#".contains(&byte);
                if repository.is_empty() || !repository.bytes().all(is_plain) {
                    return Err(Error::new(format!(
                        "`{}`: write a repository such as `acme/greeting` or `acme/greeting@v1.0`",
                        repository.escape_debug()
                    )));
                }
                format!("remotes::install_github(\"{repository}\"{host}, upgrade = \"never\")")
            }
        };
        let mut draft = Draft::default();
        draft
            .text("GITHUB_PAT=\"$(cat ")
            .secret("token", self.token)
            .text(&format!(")\" Rscript -e '{call}'"))
            .script()
    }
}
