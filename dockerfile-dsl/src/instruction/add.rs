//! ADD: files of the build context, downloads and repositories.
//!
//! In: sources, a destination, and the secret for the server. Out: the line, and the id under which BuildKit looks for that
//! secret. Invariant: the URL contains no credential, and no message shows the URL.

use dockerfile_dsl_analysis::git_host;

use super::transfer::{IntoSources, Source, Transfer};
use crate::masked_debug::masked_debug;
use crate::pen::Pen;
use crate::problem::Problems;
use crate::render::Written;
use crate::text::{IntoLayerPath, LayerText, LayerValue, Text};
use crate::{Secret, SecretSource};

/// Adds files of the build context, a download or a git repository to a layer.
///
/// BuildKit itself makes the request, and can authenticate with a secret that no layer, no program and no `.git/config` sees: the
/// safest private clone.
///
/// ```dockerfile
/// ADD https://github.com/acme/private.git /src
/// ```
///
/// See [ADD](https://docs.docker.com/reference/dockerfile/#add).
#[derive(Clone, PartialEq, Eq)]
pub struct Add {
    pub(crate) transfer: Transfer,
    pub(crate) kind: SourceKind,
    pub(crate) checksum: Option<Text>,
    pub(crate) unpack: Option<Unpack>,
    pub(crate) git_directory: Option<GitDirectory>,
    pub(crate) credentials: Vec<(Credential, Secret)>,
}

masked_debug!(Add {
    transfer,
    kind,
    checksum,
    unpack,
    git_directory,
    credentials
});

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SourceKind {
    Files,
    Git,
    Http,
}

/// How the server uses the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    /// Token, sent with the user name that its host expects.
    Token,
    /// Token, sent with this user name.
    TokenOf(String),
    /// Whole value of the `Authorization` header.
    Header,
}

/// Returns the issuer's word for the token, for messages.
fn token_name(secret: &Secret) -> &'static str {
    match secret.source() {
        SecretSource::Env(name) => name,
        SecretSource::File(_) | SecretSource::Command(_) => secret.id(),
    }
}

/// `--unpack`: whether an archive is unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unpack {
    /// Unpacks it, even if it was downloaded.
    Unpack,
    /// Keeps the archive, even if it comes from the build context.
    Keep,
}

/// `--keep-git-dir`: whether the `.git` directory is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GitDirectory {
    /// Adds the `.git` directory, too.
    Keep,
    /// Adds the files only.
    Remove,
}

impl Add {
    pub(super) const KEYWORD: &str = "ADD";

    /// Adds files of the build context; archives are unpacked.
    #[must_use]
    pub fn new(sources: impl IntoSources, destination: impl IntoLayerPath) -> Self {
        Self::of(
            SourceKind::Files,
            sources.into_sources(),
            destination.into_path(),
        )
    }

    /// Adds a git repository: `https://host/path.git`, also with `#ref:directory` or a query.
    #[must_use]
    pub fn git(url: impl LayerText, destination: impl IntoLayerPath) -> Self {
        Self::of(
            SourceKind::Git,
            vec![Source::Remote(url.into_string())],
            destination.into_path(),
        )
    }

    /// Downloads a file: `https://host/path`.
    #[must_use]
    pub fn http(url: impl LayerText, destination: impl IntoLayerPath) -> Self {
        Self::of(
            SourceKind::Http,
            vec![Source::Remote(url.into_string())],
            destination.into_path(),
        )
    }

    /// Replaces the destination.
    pub(crate) fn to(mut self, destination: Text) -> Self {
        self.transfer.destination = destination;
        self
    }

    fn of(kind: SourceKind, sources: Vec<Source>, destination: Text) -> Self {
        Self {
            transfer: Transfer::new(sources, destination),
            kind,
            checksum: None,
            unpack: None,
            git_directory: None,
            credentials: Vec::new(),
        }
    }

    /// Sets the token that the server asks for, passed as `GIT_AUTH_TOKEN.HOST` or `HTTP_AUTH_TOKEN_HOST`.
    ///
    /// BuildKit sends the token of a repository with the user name `x-access-token`. GitLab and Bitbucket expect other names, and
    /// a GitLab job's `CI_JOB_TOKEN` yet another. If the host is `gitlab.*` or `bitbucket.*`, or the variable is `CI_JOB_TOKEN`,
    /// the whole header is computed when the build starts, and passed as `GIT_AUTH_HEADER.HOST`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Secret, Stage, instructions::Add};
    /// const TOKEN: Secret = Secret::env("GITHUB_TOKEN");
    /// let add = Add::git("https://github.com/acme/private.git", "/src").token(TOKEN);
    /// let image = Dockerfile::from_stage(&Stage::from_image("debian").instruction(add).build())?;
    /// assert_eq!(image.secrets()[0].id(), "GIT_AUTH_TOKEN.github.com");
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[must_use]
    pub fn token(mut self, secret: Secret) -> Self {
        self.credentials.push((Credential::Token, secret));
        self
    }

    /// Sets the token that a git server asks for, with its user name: `oauth2`, `gitlab-ci-token`, the name of a deploy token.
    ///
    /// With `x-access-token` it is passed as `GIT_AUTH_TOKEN.HOST`, else as `GIT_AUTH_HEADER.HOST`, computed when the build
    /// starts.
    #[must_use]
    pub fn token_of(mut self, user: impl Into<String>, secret: Secret) -> Self {
        self.credentials
            .push((Credential::TokenOf(user.into()), secret));
        self
    }

    /// Sets the whole `Authorization` header, as in `Basic dXNlcjpwYXNz`, passed as `GIT_AUTH_HEADER.HOST` or
    /// `HTTP_AUTH_HEADER_HOST`.
    ///
    /// ```
    /// # use dockerfile_dsl::{Dockerfile, Secret, Stage, instructions::Add};
    /// // The variable has the whole header: `Basic ..` or `Bearer ..`.
    /// const HEADER: Secret = Secret::env("NEXUS_AUTHORIZATION");
    /// let add = Add::http("https://nexus.example.com/app.tgz", "/opt/").header(HEADER);
    /// let image = Dockerfile::from_stage(&Stage::from_image("debian").instruction(add).build())?;
    /// assert_eq!(image.secrets()[0].id(), "HTTP_AUTH_HEADER_nexus.example.com");
    /// # Ok::<(), dockerfile_dsl::Error>(())
    /// ```
    #[must_use]
    pub fn header(mut self, secret: Secret) -> Self {
        self.credentials.push((Credential::Header, secret));
        self
    }

    /// [`--checksum=`](https://docs.docker.com/reference/dockerfile/#add---checksum): `sha256:..` of a download, or the commit of a repository.
    #[must_use]
    pub fn checksum(mut self, checksum: impl LayerValue) -> Self {
        self.checksum = Some(checksum.into_text());
        self
    }

    /// [`--unpack`](https://docs.docker.com/reference/dockerfile/#add---unpack): whether an archive is unpacked.
    #[must_use]
    pub fn unpack(mut self, unpack: Unpack) -> Self {
        self.unpack = Some(unpack);
        self
    }

    /// [`--keep-git-dir`](https://docs.docker.com/reference/dockerfile/#add---keep-git-dir): whether `.git` is added, too.
    #[must_use]
    pub fn git_directory(mut self, directory: GitDirectory) -> Self {
        self.git_directory = Some(directory);
        self
    }

    /// [`--chown=`](https://docs.docker.com/reference/dockerfile/#add---chown---chmod) `user[:group]`.
    #[must_use]
    pub fn chown(mut self, owner: impl LayerValue) -> Self {
        self.transfer.chown = Some(owner.into_text());
        self
    }

    /// [`--chmod=`](https://docs.docker.com/reference/dockerfile/#add---chown---chmod) octal, or `u=rwX,go=rX`.
    #[must_use]
    pub fn chmod(mut self, mode: impl LayerValue) -> Self {
        self.transfer.chmod = Some(mode.into_text());
        self
    }

    /// [`--link`](https://docs.docker.com/reference/dockerfile/#add---link): a separate layer, independent of those below.
    #[must_use]
    pub fn link(mut self) -> Self {
        self.transfer.link = true;
        self
    }

    /// [`--exclude=`](https://docs.docker.com/reference/dockerfile/#add---exclude): a pattern as in `.dockerignore`; can be
    /// repeated.
    #[must_use]
    pub fn exclude(mut self, pattern: impl LayerText) -> Self {
        self.transfer.excludes.push(pattern.into_string());
        self
    }

    /// Returns the secrets that BuildKit uses for the request, each with the id that it looks up.
    pub(crate) fn implicit_secrets(&self) -> Vec<(String, Secret)> {
        let Some(address) = self.url().and_then(Address::of) else {
            return Vec::new();
        };
        let named = |(credential, secret): &(Credential, Secret)| {
            let user = match (self.kind, credential) {
                (SourceKind::Http, Credential::Header) => {
                    return (format!("HTTP_AUTH_HEADER_{}", address.host), *secret);
                }
                (SourceKind::Http, _) => {
                    return (format!("HTTP_AUTH_TOKEN_{}", address.host), *secret);
                }
                (_, Credential::Header) => {
                    return (format!("GIT_AUTH_HEADER.{}", address.authority), *secret);
                }
                (_, Credential::TokenOf(user)) => user,
                (_, Credential::Token) => git_host::user(&address.host, token_name(secret)),
            };
            if user == git_host::USUAL_USER {
                (format!("GIT_AUTH_TOKEN.{}", address.authority), *secret)
            } else {
                let id = format!("GIT_AUTH_HEADER.{}", address.authority);
                (id, secret.for_user(user))
            }
        };
        self.credentials.iter().map(named).collect()
    }

    fn url(&self) -> Option<&str> {
        match self.transfer.sources.first() {
            Some(Source::Remote(url)) => Some(url),
            _ => None,
        }
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        self.transfer.check(problems);
        self.transfer.check_plain_words(problems);
        if let Some(url) = self.url() {
            self.check_url(url, problems);
        } else if !self.credentials.is_empty() {
            problems.wrong(
                "a token applies to a download or a git repository: files of the build context \
                 need none",
            );
        }
        self.check_checksum(problems);
        self.check_users(problems);
        if self.git_directory.is_some() && self.kind != SourceKind::Git {
            problems.wrong("--keep-git-dir is for a git repository");
        }
    }

    fn check_users(&self, problems: &mut Problems) {
        for (credential, _) in &self.credentials {
            let Credential::TokenOf(user) = credential else {
                continue;
            };
            if self.kind != SourceKind::Git {
                problems.wrong(
                    "a download does not accept a user name: write `.token(SECRET)`, or the \
                     whole header with `.header(SECRET)`",
                );
            }
            if user.is_empty() || user.contains(|c: char| c == ':' || c.is_control()) {
                problems.unwritable(
                    "the user name of a token needs at least one character, and no `:` and no \
                     control character",
                );
            }
        }
    }

    /// Checks the URL. Messages do not show it: it may contain a secret by mistake.
    fn check_url(&self, url: &str, problems: &mut Problems) {
        let address = Address::of(url);
        if address.as_ref().is_some_and(|address| address.has_user) {
            problems.wrong(
                "the URL contains a user or password, which the image history would keep: remove \
                 it, and write `.token(SECRET)`",
            );
        }
        if self.kind == SourceKind::Http && address.is_none() {
            problems.unwritable(
                "the URL of a download must start with `http://` or `https://` and a host",
            );
        }
        if self.kind == SourceKind::Http && address.is_some() && is_git(url) {
            problems.wrong(
                "BuildKit takes a URL whose path ends with `.git`, or that has a fragment, for a \
                 git repository: write `.add_git(url)`",
            );
        }
        if self.kind == SourceKind::Git && !is_git(url) {
            problems.unwritable(
                "the URL of a git repository must be `https://host/path.git`, `ssh://..`, \
                 `git://..` or `git@host:path`",
            );
        }
        if !self.credentials.is_empty() && address.is_none() {
            problems.wrong(
                "BuildKit sends a token only to `http://` and `https://`: over ssh it uses the \
                 agent of `--ssh default`",
            );
        }
    }

    fn check_checksum(&self, problems: &mut Problems) {
        let Some(checksum) = &self.checksum else {
            return;
        };
        let hexadecimal =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let kind = self.kind;
        problems.flag_word("--checksum", checksum, |text| match kind {
            SourceKind::Git if hexadecimal(text) && text.len() <= 64 => Ok(()),
            SourceKind::Git => Err(
                "the checksum of a git repository must be a commit in hexadecimal digits"
                    .to_owned(),
            ),
            SourceKind::Http
                if text
                    .strip_prefix("sha256:")
                    .is_some_and(|digits| digits.len() == 64 && hexadecimal(digits)) =>
            {
                Ok(())
            }
            SourceKind::Http => Err(
                "the checksum of a download must be `sha256:` and 64 hexadecimal digits".to_owned(),
            ),
            SourceKind::Files => {
                Err("--checksum applies to a download or a git repository".to_owned())
            }
        });
    }

    pub(super) fn write(&self, pen: &Pen<'_>) -> Written {
        let mut flags = Vec::new();
        flags.extend(
            self.checksum
                .as_ref()
                .map(|checksum| pen.flag_word("checksum", checksum)),
        );
        flags.extend(self.git_directory.map(|directory| match directory {
            GitDirectory::Keep => "--keep-git-dir=true".to_owned(),
            GitDirectory::Remove => "--keep-git-dir=false".to_owned(),
        }));
        flags.extend(self.unpack.map(|unpack| match unpack {
            Unpack::Unpack => "--unpack=true".to_owned(),
            Unpack::Keep => "--unpack=false".to_owned(),
        }));
        flags.extend(self.transfer.flags(pen));
        self.transfer.write(pen).after(Self::KEYWORD, &flags)
    }
}

/// Server of an `http(s)` URL.
pub(crate) struct Address {
    /// Host and port: the name of the secret in BuildKit's git client.
    pub(crate) authority: String,
    /// Host alone: the name in its HTTP client.
    pub(crate) host: String,
    pub(crate) has_user: bool,
}

impl Address {
    pub(crate) fn of(url: &str) -> Option<Self> {
        let rest = url
            .strip_prefix("https://")
            .or_else(|| url.strip_prefix("http://"))?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (user, authority) = authority
            .rsplit_once('@')
            .map_or((None, authority), |(user, authority)| {
                (Some(user), authority)
            });
        let host = match authority.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => authority.split(':').next().unwrap_or_default(),
        };
        let known = authority
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte));
        (known && !host.is_empty()).then(|| Self {
            authority: authority.to_owned(),
            host: host.to_owned(),
            has_user: user.is_some(),
        })
    }
}

/// Whether BuildKit clones the URL.
pub(crate) fn is_git(url: &str) -> bool {
    if ["git://", "ssh://", "git@"]
        .iter()
        .any(|start| url.starts_with(start))
    {
        return true;
    }
    let http = url.starts_with("https://") || url.starts_with("http://");
    let path = url.split(['?', '#']).next().unwrap_or_default();
    http && path.ends_with(".git")
}

/// Whether BuildKit clones the URL over ssh, with the agent of `--ssh default`.
pub(crate) fn is_git_over_ssh(url: &str) -> bool {
    url.starts_with("ssh://") || url.starts_with("git@")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path;

    const TOKEN: Secret = Secret::env("TOKEN");

    #[track_caller]
    fn check(add: &Add, expected: &str) {
        let ids: Vec<String> = add
            .implicit_secrets()
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        assert_eq!(ids, [expected]);
    }

    #[test]
    fn the_id_is_the_one_that_buildkit_looks_for() {
        check(
            &Add::git("https://github.com/acme/x.git", path!("/src")).token(TOKEN),
            "GIT_AUTH_TOKEN.github.com",
        );
        check(
            &Add::git("http://127.0.0.1:8080/x.git#main:dir", path!("/src")).token(TOKEN),
            "GIT_AUTH_TOKEN.127.0.0.1:8080",
        );
        check(
            &Add::git("https://github.com/acme/x.git", path!("/src")).header(TOKEN),
            "GIT_AUTH_HEADER.github.com",
        );
        check(
            &Add::http("https://host.example:8443/x.tgz", path!("/src")).token(TOKEN),
            "HTTP_AUTH_TOKEN_host.example",
        );
        check(
            &Add::http("https://[::1]:8443/x.tgz", path!("/src")).header(TOKEN),
            "HTTP_AUTH_HEADER_::1",
        );
    }

    #[test]
    fn a_password_in_the_url_is_refused_and_not_shown() {
        let mut problems = Problems::default();
        Add::git("https://user:hunter2@github.com/acme/x.git", path!("/src")).check(&mut problems);
        let message = problems.into_list().remove(0).message;
        assert!(message.contains("contains a user or password"), "{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }
}
