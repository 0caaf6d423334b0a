//! Which user name a git host wants beside a token.
//!
//! In: the host of a URL, and what the token is called. Out: a user name. Hosts that take any name get that of GitHub.

/// The name that GitHub wants, that most hosts accept, and that BuildKit sends with a `GIT_AUTH_TOKEN`.
pub const USUAL_USER: &str = "x-access-token";

/// The user name for a token of that name at that host, with or without a port.
///
/// GitLab takes `oauth2` with personal, project, group and OAuth tokens, and insists on `gitlab-ci-token` with the token of a job;
/// Bitbucket insists on `x-token-auth`.
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
