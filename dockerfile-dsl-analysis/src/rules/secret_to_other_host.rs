//! `SecretToOtherHost` of ADD: BuildKit sends the secrets `GIT_AUTH_*` and `HTTP_AUTH_*` to the host of the source.
//!
//! What programs of a RUN send is found by the flow analysis.

use super::steps::RuleStep;
use crate::dockerfile::{Danger, File, Kind, Source};
use crate::uses::{Host, hosts_in};
use crate::{Finding, Rule};

/// Whether BuildKit itself reads a secret with this id, for ADD.
pub(super) fn is_of_add(id: &str) -> bool {
    [
        "GIT_AUTH_TOKEN",
        "GIT_AUTH_HEADER",
        "HTTP_AUTH_TOKEN_",
        "HTTP_AUTH_HEADER_",
    ]
    .iter()
    .any(|start| id.starts_with(start))
}

pub(super) fn check(file: &File, step: &RuleStep) -> Vec<Finding> {
    let Kind::Add(add) = step.kind() else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for source in &add.sources {
        let Source::Path(written) = source else {
            continue;
        };
        let address = step.environment.expand(written);
        let address = address.unwrap_or_else(|_| written.to_string());
        for host in hosts_in(&address, false, |character| character == '$') {
            for note in &file.only_to {
                let Danger::OnlyTo { id, hosts } = &note.kind else {
                    continue;
                };
                if !is_of_add(id) || !is_sent(id, &host) || host.is_among(hosts) {
                    continue;
                }
                let message = format!(
                    "`{id}` is sent by ADD to {host}, which is not among the permitted hosts"
                );
                findings.push(Finding {
                    secret: Some(id.clone()),
                    sink: host.to_string(),
                    ..step.finding(Rule::SecretToOtherHost, written.whole(), message)
                });
            }
        }
    }
    findings
}

/// Whether BuildKit sends the secret to a host: one whose id has a host, to that alone.
fn is_sent(id: &str, host: &Host) -> bool {
    let of_host = [
        "GIT_AUTH_TOKEN.",
        "GIT_AUTH_HEADER.",
        "HTTP_AUTH_TOKEN_",
        "HTTP_AUTH_HEADER_",
    ]
    .iter()
    .find_map(|start| id.strip_prefix(start));
    let Some(own) = of_host else { return true };
    let own = own.split(':').next().unwrap_or_default();
    matches!(host, Host::Known(name) if name.eq_ignore_ascii_case(own))
}

#[cfg(test)]
mod tests {
    use super::super::testing::findings;
    use crate::Rule;

    #[track_caller]
    fn check(id: &str, source: &str, expected: usize) {
        let text = format!(
            "FROM x\nARG V\n# dockerfile-dsl: only-to={id} hosts=github.com reason=x\n\
             ADD {source} /src\n"
        );
        let found = findings(&text);
        let found = found
            .iter()
            .filter(|one| one.rule == Rule::SecretToOtherHost);
        assert_eq!(found.count(), expected, "{id} {source}");
    }

    #[test]
    fn token_of_git_goes_to_the_host_of_the_source() {
        check("GIT_AUTH_TOKEN", "https://evil.example/a.git", 1);
        check("GIT_AUTH_TOKEN", "https://github.com/a/b.git", 0);
        check("GIT_AUTH_TOKEN", "git@evil.example:a/b.git", 1);
        check("GIT_AUTH_TOKEN", "https://${V}/a.git", 1);
        check("GIT_AUTH_TOKEN", "./local", 0);
    }

    #[test]
    fn token_of_one_host_goes_to_no_other() {
        check(
            "GIT_AUTH_TOKEN.evil.example",
            "https://evil.example/a.git",
            1,
        );
        check("GIT_AUTH_TOKEN.github.com", "https://evil.example/a.git", 0);
        check("GIT_AUTH_TOKEN.github.com", "https://github.com/a/b.git", 0);
        check(
            "HTTP_AUTH_TOKEN_evil.example",
            "https://evil.example/x.tgz",
            1,
        );
    }

    /// Another secret is for the RUNs.
    #[test]
    fn other_secrets_are_not_sent_by_add() {
        check("tok", "https://evil.example/a.git", 0);
    }
}
