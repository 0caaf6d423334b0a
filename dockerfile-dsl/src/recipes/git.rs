//! A private repository over HTTPS, with a token.
//!
#![doc = include_str!("git.md")]

use dockerfile_dsl_analysis::git_host;

use super::checkout::Checkout;
use super::draft::Draft;
use super::host::Url;
use crate::masked_debug::masked_debug;
use crate::{Error, Script, Secret, SecretSource};

/// Clones the repository at an `https` URL.
pub fn clone(url: impl Into<String>) -> Repository {
    Repository { url: url.into() }
}

/// A repository without its credential.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Repository {
    url: String,
}

masked_debug!(Repository { url });

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
            checkout: Checkout::default(),
            with_lfs: false,
        }
    }
}

/// A clone with a token, returned by [`Repository::token`].
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Clone {
    url: String,
    user: String,
    token: Secret,
    checkout: Checkout,
    with_lfs: bool,
}

masked_debug!(Clone {
    url,
    user,
    token,
    checkout,
    with_lfs
});

impl Clone {
    /// Sets the directory of the working tree; without one it has the name of the repository.
    pub fn to(mut self, directory: impl Into<String>) -> Self {
        self.checkout.to = Some(directory.into());
        self
    }

    /// Sets the branch or tag that is checked out.
    pub fn branch(mut self, branch: impl Into<String>) -> Self {
        self.checkout.branch = Some(branch.into());
        self
    }

    /// Clones the whole history instead of one commit.
    pub fn full_history(mut self) -> Self {
        self.checkout.depth = None;
        self
    }

    /// Clones the submodules, too. Those at the same host get the same token, those at another host none.
    pub fn submodules(mut self) -> Self {
        self.checkout.with_submodules = true;
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
        let directory = self.checkout.directory(url.path)?;
        self.checkout.write(&self.url, &directory, &mut draft);
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
        let (scheme, host) = (url.scheme, url.authority);
        draft
            .text("git -c credential.helper= \\\n-c credential.")
            .text(&format!("{scheme}://{host}.helper="));
        helper(draft, &self.user, "token", self.token);
    }
}

/// Adds a credential helper, which reads the token when git asks.
pub(super) fn helper(draft: &mut Draft, user: &str, name: &str, token: Secret) {
    draft
        .text(&format!(
            "'!f() {{ echo username={user}; echo \"password=$(cat "
        ))
        .secret(name, token)
        .text(")\"; }; f'");
}
