//! What programs get of secrets, and to which hosts they send it.
//!
//! [`check::uses`](crate::check::uses) returns a [`Use`] for each secret that reaches a program of a RUN. The hosts are those of the clause
//! `sends` of its rows, and of the URLs in the arguments: `hosts_in` finds them.

use std::fmt;

use crate::Span;

/// What a program gets of a secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Use {
    /// Index of the stage.
    pub stage: usize,
    /// Span of the instruction.
    pub instruction: Span,
    /// Id of the secret.
    pub secret: String,
    /// The program, with its sub-command: `git clone`.
    pub program: String,
    /// Span of the command.
    pub span: Span,
    /// Where the program sends it. Empty if it sends nothing.
    pub hosts: Vec<Host>,
}

/// A host that a program talks to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Host {
    /// Its name in lowercase, without a port.
    Known(String),
    /// The text does not say it.
    Unknown,
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(name) => f.write_str(name),
            Self::Unknown => f.write_str("a host that is not known"),
        }
    }
}

impl Host {
    /// Whether one of the names permits it: the same host, or `*.example.com` for every host beneath `example.com`.
    #[must_use]
    pub fn is_among(&self, names: &[String]) -> bool {
        let Self::Known(host) = self else {
            return false;
        };
        names.iter().any(|name| match name.strip_prefix("*.") {
            Some(domain) => {
                let beneath = host.strip_suffix(&domain.to_ascii_lowercase());
                beneath.is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
            }
            None => name.eq_ignore_ascii_case(host),
        })
    }
}

/// Whether a word can permit hosts: a name, an address, or `*.` and a name.
#[must_use]
pub fn is_permitted_name(word: &str) -> bool {
    let name = word.strip_prefix("*.").unwrap_or(word);
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':');
    let is_address = name.contains("::") || name.matches(':').count() > 1;
    let labels = name.split('.').all(|label| !label.is_empty());
    !name.is_empty() && name.bytes().all(is_part) && labels && (is_address || !name.contains(':'))
}

/// Returns the hosts in a text: of its URLs, of `user@host:path`, and with `bare` of its beginning. `is_gap` says which characters are unknown
/// text.
pub(crate) fn hosts_in(text: &str, bare: bool, is_gap: fn(char) -> bool) -> Vec<Host> {
    let mut hosts = Vec::new();
    let mut rest = text;
    let mut is_url = false;
    if let Some((url, value)) = url_of_git_key(text) {
        is_url = true;
        hosts.extend(hosts_in(url, false, is_gap));
        rest = value;
    }
    while let Some((scheme, after)) = rest.split_once("://") {
        is_url = true;
        let end = |c: char| matches!(c, '/' | '?' | '#' | '"' | '\'' | ',') || c.is_whitespace();
        let authority = after.split(end).next().unwrap_or_default();
        if !scheme.ends_with("file") {
            hosts.extend(host_of(authority, is_gap));
        }
        rest = &after[authority.len()..];
    }
    if is_url {
        return hosts;
    }
    let first = text.split('/').next().unwrap_or_default();
    let is_remote = first.contains(':') && (first.contains('@') || bare);
    if text.starts_with(is_gap) || is_remote || bare {
        let authority = match first.rsplit_once('@') {
            Some((_, host)) => host,
            None => first,
        };
        hosts.extend(host_of(
            authority.split(':').next().unwrap_or_default(),
            is_gap,
        ));
    }
    hosts
}

/// Splits `credential.https://example.com.helper=VALUE`, a setting of git for one URL, into the URL and the value.
fn url_of_git_key(text: &str) -> Option<(&str, &str)> {
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    let (section, _) = key.split_once("://")?;
    let (section, scheme) = section.rsplit_once('.')?;
    let is_section = section.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_section || !scheme.bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let (subsection, variable) = key.rsplit_once('.')?;
    let is_variable = !variable.is_empty() && variable.bytes().all(|b| b.is_ascii_alphanumeric());
    let url = subsection.get(section.len() + 1..)?;
    is_variable.then_some((url, value))
}

/// Returns the host of `user:password@host:port`.
fn host_of(authority: &str, is_gap: fn(char) -> bool) -> Option<Host> {
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let host = host.trim_end_matches('.');
    if host.is_empty() || host.contains(is_gap) {
        return Some(Host::Unknown);
    }
    Some(Host::Known(host.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, bare: bool, expected: &[&str]) {
        let hosts = hosts_in(text, bare, |c| c == '?' || c == '$');
        let hosts: Vec<String> = hosts.iter().map(Host::to_string).collect();
        assert_eq!(hosts, expected, "{text}");
    }

    #[test]
    fn hosts_of_settings_of_git() {
        let helper = "credential.https://github.com.helper=!f() { cat; }; f";
        check(helper, false, &["github.com"]);
        check("http.https://h/.extraHeader=X: $", false, &["h"]);
        check("http.https://h:8443.sslKey=/k", false, &["h"]);
        let instead = "url.https://x:$@github.com/.insteadOf=https://git.example/";
        check(instead, false, &["github.com", "git.example"]);
        check("http.proxy=http://p.example:3128", false, &["p.example"]);
    }

    #[test]
    fn hosts_of_urls() {
        check("https://Github.com/a/b.git", false, &["github.com"]);
        check("https://x:$@github.com:443/a", false, &["github.com"]);
        check("https://[::1]:80/x", false, &["::1"]);
        check("see.https://h.example/a=b", false, &["h.example"]);
        check("ssh://git@h.example/x", false, &["h.example"]);
        check("git@github.com:a/b.git", false, &["github.com"]);
        check("docker://reg.example/x", false, &["reg.example"]);
        check(
            "url.https://$@a.b/.insteadOf=https://c.d/",
            false,
            &["a.b", "c.d"],
        );
    }

    #[test]
    fn hosts_that_are_not_known() {
        check("https://$/x", false, &["a host that is not known"]);
        check("https://api.$/x", false, &["a host that is not known"]);
        check("$", false, &["a host that is not known"]);
        check("$/x", true, &["a host that is not known"]);
    }

    #[test]
    fn words_without_a_host() {
        check("origin", false, &[]);
        check("./directory", false, &[]);
        check("file:///srv/repo", false, &[]);
        check("example.com/x", false, &[]);
        check("example.com/x", true, &["example.com"]);
        check("a.b:8080/x", true, &["a.b"]);
    }

    #[test]
    fn names_permit_hosts() {
        let names = ["github.com".to_owned(), "*.example.com".to_owned()];
        let known = |name: &str| Host::Known(name.to_owned());
        assert!(known("github.com").is_among(&names));
        assert!(known("a.b.example.com").is_among(&names));
        for other in [
            "example.com",
            "badexample.com",
            "github.com.evil.net",
            "api.github.com",
        ] {
            assert!(!known(other).is_among(&names), "{other}");
        }
        assert!(!Host::Unknown.is_among(&names));
    }
}
