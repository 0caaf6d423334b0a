//! ADD: files of the build context, downloads and repositories.
//!
//! In: sources, a destination, and the secret for the server. Out: the line, and the id under which BuildKit looks for that secret.
//! Invariant: no credential is in the URL, and no message shows the URL.

use dockerfile_dsl_analysis::git_host;

use super::transfer::{IntoSources, Source, Transfer};
use crate::pen::Pen;
use crate::problem::Problems;
use crate::render::Written;
use crate::text::{IntoLayerPath, LayerText, LayerValue, Text};
use crate::{Secret, SecretSource};

/// Adds files of the build context, a download or a git repository to a layer.
///
/// BuildKit itself makes the request, and can authenticate it with a secret that no layer, no tool and no `.git/config` sees:
/// the safest private clone.
///
/// ```dockerfile
/// ADD https://github.com/acme/private.git /src
/// ```
///
/// See [ADD](https://docs.docker.com/reference/dockerfile/#add).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Add {
    pub(crate) transfer: Transfer,
    pub(crate) kind: Kind,
    pub(crate) checksum: Option<Text>,
    pub(crate) unpack: Option<Unpack>,
    pub(crate) git_directory: Option<GitDirectory>,
    pub(crate) credentials: Vec<(Credential, Secret)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Files,
    Git,
    Http,
}

/// What a secret is for the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    /// The token itself, with the user name that its host wants.
    Token,
    /// The token, with this user name.
    TokenOf(String),
    /// The whole value of the `Authorization` header.
    Header,
}

/// What a token is called where it comes from.
fn token_name(secret: &Secret) -> &'static str {
    match secret.source() {
        SecretSource::Env(name) => name,
        SecretSource::File(_) | SecretSource::Command(_) => secret.id(),
    }
}

/// `--unpack`: what happens to an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unpack {
    /// It is unpacked, also when it was downloaded.
    Unpack,
    /// It stays an archive, also when it is of the build context.
    Keep,
}

/// `--keep-git-dir`: what happens to the `.git` directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GitDirectory {
    /// It is added, too.
    Keep,
    /// Only the files are added.
    Remove,
}

impl Add {
    pub(super) const KEYWORD: &str = "ADD";

    /// Files of the build context; an archive is unpacked.
    #[must_use]
    pub fn new(sources: impl IntoSources, destination: impl IntoLayerPath) -> Self {
        Self::of(Kind::Files, sources.into_sources(), destination.into_path())
    }

    /// A git repository: `https://host/path.git`, also with `#ref:directory` or a query.
    #[must_use]
    pub fn git(url: impl LayerText, destination: impl IntoLayerPath) -> Self {
        Self::of(
            Kind::Git,
            vec![Source::Remote(url.into_string())],
            destination.into_path(),
        )
    }

    /// A download: `https://host/path`.
    #[must_use]
    pub fn http(url: impl LayerText, destination: impl IntoLayerPath) -> Self {
        Self::of(
            Kind::Http,
            vec![Source::Remote(url.into_string())],
            destination.into_path(),
        )
    }

    /// The same with another destination.
    pub(crate) fn to(mut self, destination: Text) -> Self {
        self.transfer.destination = destination;
        self
    }

    fn of(kind: Kind, sources: Vec<Source>, destination: Text) -> Self {
        Self {
            transfer: Transfer::new(sources, destination),
            kind,
            checksum: None,
            unpack: None,
            git_directory: None,
            credentials: Vec::new(),
        }
    }

    /// The token that the server asks for: it is passed as `GIT_AUTH_TOKEN.HOST` or `HTTP_AUTH_TOKEN_HOST`.
    ///
    /// BuildKit sends the token of a repository with the user name `x-access-token`. GitLab and Bitbucket want others, and the
    /// variable `CI_JOB_TOKEN` of a GitLab job another one still: where the host is called `gitlab.*` or `bitbucket.*`, or that is
    /// the variable, the whole header is passed as `GIT_AUTH_HEADER.HOST` instead, made when the build starts.
    #[must_use]
    pub fn token(mut self, secret: Secret) -> Self {
        self.credentials.push((Credential::Token, secret));
        self
    }

    /// The token that a git server asks for, with this user name: `oauth2`, `gitlab-ci-token`, the name of a deploy token.
    ///
    /// With `x-access-token` it is passed as `GIT_AUTH_TOKEN.HOST`, else as `GIT_AUTH_HEADER.HOST`, made when the build starts.
    #[must_use]
    pub fn token_of(mut self, user: impl Into<String>, secret: Secret) -> Self {
        self.credentials
            .push((Credential::TokenOf(user.into()), secret));
        self
    }

    /// The whole `Authorization` header, as in `Basic dXNlcjpwYXNz`: it is passed as `GIT_AUTH_HEADER.HOST` or `HTTP_AUTH_HEADER_HOST`.
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

    /// [`--link`](https://docs.docker.com/reference/dockerfile/#add---link): a layer of its own, which does not depend on those below.
    #[must_use]
    pub fn link(mut self) -> Self {
        self.transfer.link = true;
        self
    }

    /// [`--exclude=`](https://docs.docker.com/reference/dockerfile/#add---exclude): a pattern as in `.dockerignore`; may be said again.
    #[must_use]
    pub fn exclude(mut self, pattern: impl LayerText) -> Self {
        self.transfer.excludes.push(pattern.into_string());
        self
    }

    /// The secrets that BuildKit uses for the request, each with the id that it looks for.
    pub(crate) fn implicit_secrets(&self) -> Vec<(String, Secret)> {
        let Some(address) = self.url().and_then(Address::of) else {
            return Vec::new();
        };
        let named = |(credential, secret): &(Credential, Secret)| {
            let user = match (self.kind, credential) {
                (Kind::Http, Credential::Header) => {
                    return (format!("HTTP_AUTH_HEADER_{}", address.host), *secret);
                }
                (Kind::Http, _) => return (format!("HTTP_AUTH_TOKEN_{}", address.host), *secret),
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
                "a token is for a download or a git repository: files of the build context need \
                 none",
            );
        }
        self.check_checksum(problems);
        self.check_users(problems);
        if self.git_directory.is_some() && self.kind != Kind::Git {
            problems.wrong("--keep-git-dir is for a git repository");
        }
    }

    fn check_users(&self, problems: &mut Problems) {
        for (credential, _) in &self.credentials {
            let Credential::TokenOf(user) = credential else {
                continue;
            };
            if self.kind != Kind::Git {
                problems.wrong(
                    "a download has no user name beside its token: write `.token(SECRET)`, or the \
                     whole header with `.header(SECRET)`",
                );
            }
            if user.is_empty() || user.contains(|c: char| c == ':' || c.is_control()) {
                problems.unwritable(
                    "the user name beside a token has at least one character, and no `:` and no \
                     control character",
                );
            }
        }
    }

    /// The messages do not show the URL: it may hold what should have been a secret.
    fn check_url(&self, url: &str, problems: &mut Problems) {
        let address = Address::of(url);
        if address.as_ref().is_some_and(|address| address.has_user) {
            problems.wrong(
                "the URL holds a user or password, which ends up in the history of the image: take \
                 it out, and write `.token(SECRET)`",
            );
        }
        if self.kind == Kind::Http && address.is_none() {
            problems
                .unwritable("the URL of a download starts with `http://` or `https://` and a host");
        }
        if self.kind == Kind::Http && address.is_some() && is_git(url) {
            problems.wrong(
                "BuildKit takes a URL whose path ends with `.git`, or that has a fragment, for a \
                 git repository: write `.add_git(url)`",
            );
        }
        if self.kind == Kind::Git && !is_git(url) {
            problems.unwritable(
                "the URL of a git repository is `https://host/path.git`, `ssh://..`, `git://..` or \
                 `git@host:path`",
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
            Kind::Git if hexadecimal(text) && text.len() <= 64 => Ok(()),
            Kind::Git => {
                Err("the checksum of a git repository is a commit in hexadecimal digits".to_owned())
            }
            Kind::Http
                if text
                    .strip_prefix("sha256:")
                    .is_some_and(|digits| digits.len() == 64 && hexadecimal(digits)) =>
            {
                Ok(())
            }
            Kind::Http => {
                Err("the checksum of a download is `sha256:` and 64 hexadecimal digits".to_owned())
            }
            Kind::Files => Err("--checksum is for a download or a git repository".to_owned()),
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

/// The server of an `http(s)` URL.
pub(crate) struct Address {
    /// Host and port, as BuildKit's git client names its secrets.
    pub(crate) authority: String,
    /// The host alone, as its HTTP client does.
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
        assert!(message.contains("holds a user or password"), "{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }
}
