//! The host that a credential is for.
//!
//! In: a URL. Out: its scheme, authority and path, each without a character that a shell would read; or an error that says what to write.

use crate::Error;

/// An `https` URL without a user name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Url<'a> {
    pub(super) scheme: &'a str,
    /// `example.com`, `example.com:8443`
    pub(super) authority: &'a str,
    /// Empty, or with its first `/`.
    pub(super) path: &'a str,
}

impl<'a> Url<'a> {
    /// Parses a URL that a credential is sent to.
    pub(super) fn parse(url: &'a str) -> Result<Self, Error> {
        let wrong = |what: &str| Err(Error::new(format!("`{}`: {what}", shown(url))));
        let Some((scheme, rest)) = url.split_once("://") else {
            return wrong("a credential is sent to a URL such as `https://example.com/path`");
        };
        let at = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(at);
        if authority.contains('@') {
            return wrong("take the user name out of the URL: git, npm and pip store such a URL");
        }
        let host = authority.split(':').next().unwrap_or_default();
        let is_local = matches!(host, "localhost" | "127.0.0.1");
        if scheme != "https" && !(scheme == "http" && is_local) {
            return wrong("a credential is only sent by https, or to localhost");
        }
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:_".contains(&byte);
        if host.is_empty() || !authority.bytes().all(is_plain) {
            return wrong("the host has other characters than letters, digits, `.` and `-`");
        }
        Ok(Self {
            scheme,
            authority,
            path,
        })
    }

    /// Returns the URL of a registry or an index, which ends with `/` and has no character that a shell would read.
    pub(super) fn with_slash(&self) -> Result<String, Error> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/+%".contains(&byte);
        if !self.path.bytes().all(is_plain) {
            return Err(Error::new(format!(
                "`{}`: the path of a registry has letters, digits and `-._~/+%` only",
                self.path.escape_debug()
            )));
        }
        let path = self.path.trim_end_matches('/');
        Ok(format!("{}://{}{path}/", self.scheme, self.authority))
    }
}

/// Returns the last name of an object of a bucket, whose URL begins with this scheme.
pub(super) fn file_name<'a>(object: &'a str, scheme: &str) -> Result<&'a str, Error> {
    let place = object.strip_prefix(scheme).unwrap_or_default();
    match place.rsplit_once('/') {
        Some((bucket, name)) if !bucket.is_empty() && !name.is_empty() => Ok(name),
        _ => Err(Error::new(format!(
            "`{}`: an object is written `{scheme}bucket/file`",
            shown(object).escape_debug()
        ))),
    }
}

/// Returns the URL without what may be a password.
fn shown(url: &str) -> String {
    match (url.split_once("://"), url.rfind('@')) {
        (Some((scheme, _)), Some(at)) => format!("{scheme}://..{}", &url[at..]),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(url: &str, reason: &str) {
        let error = Url::parse(url).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
        assert!(!error.contains("swordfish"), "{error}");
    }

    #[test]
    fn a_url_has_three_parts() {
        let url = Url::parse("https://git.acme.test:8443/a/b.git?x").unwrap();
        let parts = (url.scheme, url.authority, url.path);
        assert_eq!(parts, ("https", "git.acme.test:8443", "/a/b.git?x"));
        assert_eq!(Url::parse("http://127.0.0.1:80").unwrap().path, "");
    }

    #[test]
    fn what_would_send_a_credential_elsewhere_is_refused() {
        refused("https://x:swordfish@github.com/a", "take the user name out");
        refused("http://github.com/a", "only sent by https");
        refused("git@github.com:a/b", "a URL such as");
        refused("https://a'b/c", "other characters");
        refused("https:///c", "other characters");
    }
}
