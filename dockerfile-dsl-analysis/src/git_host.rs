//! User names that git hosts require with a token.
//!
//! In: the host of a URL, and the name of the token. Out: a user name. Hosts that accept any name get GitHub's.

/// The name that GitHub requires, most hosts accept, and BuildKit sends with a `GIT_AUTH_TOKEN`.
pub const USUAL_USER: &str = "x-access-token";

/// Returns the user name for a token with that name at that host, with or without a port.
///
/// GitLab accepts `oauth2` with personal, project, group and OAuth tokens, and requires `gitlab-ci-token` with the token of a job;
/// Bitbucket requires `x-token-auth`.
#[must_use]
pub fn user(host: &str, token: &str) -> &'static str {
    let host = host
        .split(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let is_of = |name: &str, domain: &str| host == domain || host.starts_with(&format!("{name}."));
    if token.contains("CI_JOB_TOKEN") {
        "gitlab-ci-token"
    } else if is_of("gitlab", "gitlab.com") {
        "oauth2"
    } else if is_of("bitbucket", "bitbucket.org") {
        "x-token-auth"
    } else {
        USUAL_USER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_host_has_its_name() {
        for (host, token, expected) in [
            ("github.com", "GITHUB_TOKEN", "x-access-token"),
            ("gitlab.com", "TOKEN", "oauth2"),
            ("GitLab.acme.test:8443", "TOKEN", "oauth2"),
            ("git.acme.test", "$CI_JOB_TOKEN", "gitlab-ci-token"),
            ("gitlab.com", "CI_JOB_TOKEN", "gitlab-ci-token"),
            ("bitbucket.org", "TOKEN", "x-token-auth"),
            ("notgitlab.com", "TOKEN", "x-access-token"),
            ("", "", "x-access-token"),
        ] {
            assert_eq!(user(host, token), expected, "{host} {token}");
        }
    }
}
