//! What the folder `.git` of a build context holds.
//!
//! In: the text of its `config`. Out: whether a credential is in it, and where; never the credential.

use crate::masked;

/// The folder of a repository.
pub(super) const REPOSITORY: &str = ".git";

/// The folder `.git` in the root of a build context, without the credential that may be in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Repository {
    /// It is missing, or unknown.
    #[default]
    Absent,
    /// It is there.
    Present,
    /// A header for a server is in its config, as `actions/checkout` writes it.
    WithHeader,
    /// A URL in its config has a password or a token.
    WithUrl,
}

impl Repository {
    /// Reads a `config` of git.
    #[must_use]
    pub fn of_config(text: &str) -> Self {
        let lines = text.lines().map(str::trim);
        let written = lines.filter(|line| !line.starts_with(['#', ';']));
        let found = written.map(|line| {
            if has_header(line) {
                Self::WithHeader
            } else if has_credential(line) {
                Self::WithUrl
            } else {
                Self::Present
            }
        });
        found.max().unwrap_or(Self::Present)
    }

    /// Returns what holds the credential, if one is there.
    #[must_use]
    pub const fn credential(self) -> Option<&'static str> {
        match self {
            Self::Absent | Self::Present => None,
            Self::WithHeader => Some("a header with a credential"),
            Self::WithUrl => Some("a URL with a credential"),
        }
    }
}

/// Whether a line is `extraheader = NAME: VALUE` of a header that authorizes.
fn has_header(line: &str) -> bool {
    let Some((key, value)) = line.split_once('=') else {
        return false;
    };
    let Some((name, value)) = value.split_once(':') else {
        return false;
    };
    let name = name.trim().trim_start_matches('"').to_ascii_lowercase();
    let authorizes = ["authorization", "token", "cookie", "api-key"];
    key.trim().eq_ignore_ascii_case("extraheader")
        && authorizes.iter().any(|word| name.contains(word))
        && !value.trim().trim_end_matches('"').is_empty()
}

/// Whether a URL in the line has a password, or a token in the place of the user.
fn has_credential(line: &str) -> bool {
    let mut urls = line.match_indices("://");
    urls.any(|(at, separator)| {
        let is_http = line[..at].ends_with("http") || line[..at].ends_with("https");
        let rest = &line[at + separator.len()..];
        let end = rest.find(|c: char| c == '/' || c == '"' || c.is_whitespace());
        let authority = &rest[..end.unwrap_or(rest.len())];
        let Some((user, _)) = authority.rsplit_once('@') else {
            return false;
        };
        let is_token = |user: &str| {
            // A long name with digits is a token of a server that this does not know.
            let is_long = user.len() >= 20 && user.contains(|c: char| c.is_ascii_digit());
            is_long || masked(user) != user
        };
        is_http
            && match user.split_once(':') {
                Some((_, password)) if !password.is_empty() => !password.starts_with('$'),
                Some((user, _)) => is_token(user),
                None => is_token(user),
            }
    })
}

#[cfg(test)]
mod tests {
    use super::Repository::{self, Present, WithHeader, WithUrl};

    #[track_caller]
    fn check(config: &str, expected: Repository) {
        assert_eq!(Repository::of_config(config), expected, "{config}");
    }

    #[test]
    fn credentials_of_urls() {
        let remote =
            |url: &str| format!("[core]\n\tbare = false\n[remote \"origin\"]\n\turl = {url}\n");
        for url in [
            "https://x:swordfish@example.com/a.git",
            "https://oauth2:swordfish@example.com",
            "http://0123456789abcdef0123456789abcdef01234567@github.com/a",
            "https://0123456789abcdef0123456789abcdef01234567:@github.com/a",
        ] {
            check(&remote(url), WithUrl);
        }
        check(
            "[url \"https://u:pw@example.com/\"]\n\tinsteadOf = x\n",
            WithUrl,
        );
        for url in [
            "https://github.com/a/b.git",
            "https://git@github.com/a",
            "https://some-user@bitbucket.org/a/b",
            "https://x:$TOKEN@example.com/a",
            "git@github.com:a/b",
            "ssh://git@github.com/a",
            "https://example.com/a@b:c",
        ] {
            check(&remote(url), Present);
        }
        check("# url = https://u:pw@example.com\n", Present);
    }

    #[test]
    fn headers_that_authorize() {
        let header = |value: &str| format!("[http \"https://x.com/\"]\n\textraheader = {value}\n");
        check(&header("AUTHORIZATION: basic eDpzd29yZGZpc2g="), WithHeader);
        check(&header("\"Private-Token: swordfish\""), WithHeader);
        check(&header("Accept: text/plain"), Present);
        check(&header("Authorization:"), Present);
        check("[core]\n\tautocrlf = true\n", Present);
    }
}
