//! A private repository over HTTPS, with a token.
//!
#![doc = include_str!("git.md")]

use dockerfile_dsl_analysis::git_host;

use super::draft::Draft;
use super::host::Url;
use crate::{Error, Script, Secret, SecretSource};

/// Clones the repository at an `https` URL.
pub fn clone(url: impl Into<String>) -> Repository {
    Repository { url: url.into() }
}

/// A repository without its credential.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Repository {
    url: String,
}

impl Repository {
    /// Sets the token, with the user name that its host expects: `oauth2` for `gitlab.*`, `gitlab-ci-token` for a secret called
    /// `CI_JOB_TOKEN`, `x-token-auth` for `bitbucket.*`, else `x-access-token`.
    pub fn token(self, token: Secret) -> Clone {
        let name = match token.source() {
            SecretSource::Env(variable) => variable,
            SecretSource::File(_) | SecretSource::Command(_) => token.id(),
        };
        let host = Url::parse(&self.url).map_or("", |url| url.authority);
        let user = git_host::user(host, name);
        self.token_of(user, token)
    }

    /// Sets the token and its user name, such as that of a deploy token.
    pub fn token_of(self, user: impl Into<String>, token: Secret) -> Clone {
        Clone {
            url: self.url,
            user: user.into(),
            token,
            to: None,
            branch: None,
            depth: Some(1),
            with_submodules: false,
            with_lfs: false,
        }
    }
}

/// A clone with a token, returned by [`Repository::token`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Clone {
    url: String,
    user: String,
    token: Secret,
    to: Option<String>,
    branch: Option<String>,
    depth: Option<u32>,
    with_submodules: bool,
    with_lfs: bool,
}

impl Clone {
    /// Sets the directory of the working tree; without one it has the name of the repository.
    pub fn to(mut self, directory: impl Into<String>) -> Self {
        self.to = Some(directory.into());
        self
    }

    /// Sets the branch or tag that is checked out.
    pub fn branch(mut self, branch: impl Into<String>) -> Self {
        self.branch = Some(branch.into());
        self
    }

    /// Clones the whole history instead of one commit.
    pub fn full_history(mut self) -> Self {
        self.depth = None;
        self
    }

    /// Clones the submodules, too. Those at the same host get the same token, those at another host none.
    pub fn submodules(mut self) -> Self {
        self.with_submodules = true;
        self
    }

    /// Downloads the files of git LFS, which has to be installed.
    pub fn lfs(mut self) -> Self {
        self.with_lfs = true;
        self
    }

    /// Checks the script.
    ///
    /// # Errors
    ///
    /// Returns an error if the URL is not `https` or has a user name, the user name has other characters than those of names, or the
    /// directory is not a path in a layer.
    #[track_caller]
    pub fn script(&self) -> Result<Script, Error> {
        let url = Url::parse(&self.url)?;
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._+".contains(&byte);
        if self.user.is_empty() || !self.user.bytes().all(is_name) {
            return Err(Error::new(format!(
                "the user name `{}` has other characters than letters, digits and `-._+`",
                self.user
            )));
        }
        let mut draft = Draft::default();
        self.credential(&url, &mut draft);
        draft.text(" \\\nclone");
        if let Some(depth) = self.depth {
            draft.text(&format!(" --depth={depth}"));
        }
        if let Some(branch) = &self.branch {
            draft.text(" --branch ").word("branch", branch);
        }
        if self.with_submodules {
            draft.text(" --recurse-submodules");
            if self.depth.is_some() {
                draft.text(" --shallow-submodules");
            }
        }
        draft.text(" -- ").word("repo", &self.url);
        let directory = match &self.to {
            Some(directory) => directory.clone(),
            None => named_by(&url)?,
        };
        draft.text(" ").path("directory", &directory);
        if self.with_lfs {
            draft.text(" && \\\n");
            self.credential(&url, &mut draft);
            draft.text(" \\\n-C ").path("directory", &directory);
            draft.text(" lfs pull");
        }
        draft.script()
    }

    /// Adds `git` with the helper that git asks for the token.
    fn credential(&self, url: &Url<'_>, draft: &mut Draft) {
        let (scheme, host, user) = (url.scheme, url.authority, &self.user);
        draft
            .text("git -c credential.helper= \\\n-c credential.")
            .text(&format!(
                "{scheme}://{host}.helper='!f() {{ echo username={user}; echo \"password=$(cat "
            ))
            .secret("token", self.token)
            .text(")\"; }; f'");
    }
}

/// Returns the directory that git makes for a repository.
fn named_by(url: &Url<'_>) -> Result<String, Error> {
    let name = url.path.trim_end_matches('/').rsplit('/').next();
    let name = name.unwrap_or_default();
    let name = name.strip_suffix(".git").unwrap_or(name);
    if name.is_empty() {
        return Err(Error::new(
            "the URL has no repository: write `https://example.com/group/name.git`".to_owned(),
        ));
    }
    Ok(format!("./{name}"))
}
