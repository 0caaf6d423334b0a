//! `SecretUnreadable`: the user of the step cannot read the file of its secret. `$(cat FILE)` is then empty, and the step succeeds.

use super::steps::RuleStep;
use super::steps::{mentions, texts};
use crate::report::Fix;
use crate::{Finding, Rule, Severity, dockerfile::Secret};

pub(super) fn check(step: &RuleStep) -> Vec<Finding> {
    let Some(run) = step.run() else {
        return Vec::new();
    };
    let user = step.environment.user();
    // A Windows base image: another rule reports that its scripts are not analysed.
    let is_windows = matches!(user, "ContainerUser" | "ContainerAdministrator");
    if is_windows || is_root(user) || texts(run).iter().any(|text| text.contains("sudo ")) {
        return Vec::new();
    }
    let findings = step.secrets().filter_map(|(secret, span)| {
        let target = secret.target.as_deref()?;
        let is_used = mentions(run, secret);
        // A program that knows the path may read a file outside of /run/secrets by itself. None reads /run/secrets by itself.
        if can_read(user, secret) || !is_used && target.starts_with("/run/secrets/") {
            return None;
        }
        let message = format!(
            "the user `{user}` cannot read `{target}`: the program reads an empty value, and the \
             step does not fail"
        );
        let (name, _) = user.split_once(':').unwrap_or((user, ""));
        let fix = if name.bytes().all(|byte| byte.is_ascii_digit()) {
            format!("uid={name}")
        } else {
            "mode=0444".to_owned()
        };
        let finding = step.finding(Rule::SecretUnreadable, span, message);
        let severity = if is_used {
            Severity::Error
        } else {
            Severity::Warning
        };
        let fix = Fix::MountOption {
            option: fix,
            is_list: false,
        };
        Some(Finding {
            severity,
            secret: Some(secret.id.clone()),
            sink: target.to_owned(),
            ..finding.with_fix(fix)
        })
    });
    findings.collect()
}

fn is_root(user: &str) -> bool {
    let (name, _) = user.split_once(':').unwrap_or((user, ""));
    matches!(name, "" | "root" | "0")
}

/// The number of a user name is unknown: a mount that sets a number means that user.
fn can_read(user: &str, secret: &Secret) -> bool {
    let (name, group) = user.split_once(':').unwrap_or((user, ""));
    let is_same = |text: &str, id: u32| match text.parse::<u32>() {
        Ok(number) => number == id,
        Err(_) => id != 0,
    };
    let owner = secret.mode & 0o400 != 0 && is_same(name, secret.uid);
    let in_group = secret.mode & 0o040 != 0
        && (is_same(group, secret.gid) || group.is_empty() && secret.gid != 0);
    owner || in_group || secret.mode & 0o004 != 0
}

#[cfg(test)]
mod tests {
    use super::{super::testing, *};

    #[track_caller]
    fn check(user: &str, options: &str, is_found: bool) {
        let flag = format!("--mount=type=secret,id=a{options}");
        let expected: &[&str] = if is_found { &[&flag] } else { &[] };
        testing::check(
            Rule::SecretUnreadable,
            &format!("USER {user}\nRUN {flag} x /run/secrets/a"),
            expected,
        );
    }

    #[test]
    fn unreadable() {
        check("app", "", true);
        check("1000", "", true);
        check("1000:1000", ",uid=1001", true);
        check("1000", ",mode=0440", true);
        check("app", ",mode=0400,gid=5", true);
    }

    #[test]
    fn readable() {
        check("root", "", false);
        check("0:0", "", false);
        check("1000", ",uid=1000", false);
        check("app", ",uid=1000", false);
        check("app", ",mode=0444", false);
        check("app:5", ",mode=0440,gid=5", false);
        testing::check(
            Rule::SecretUnreadable,
            "USER app\nRUN --mount=type=secret,id=a x",
            &[],
        );
        testing::check(
            Rule::SecretUnreadable,
            "USER app\nUSER root\nRUN --mount=type=secret,id=a x /run/secrets/a",
            &[],
        );
        testing::check(
            Rule::SecretUnreadable,
            "USER app\nRUN --mount=type=secret,id=a,env=A x $A",
            &[],
        );
    }

    #[test]
    fn a_place_that_programs_know_is_a_warning() {
        let severity =
            |run| testing::severity(Rule::SecretUnreadable, &format!("USER app\nRUN {run}"));
        assert_eq!(
            severity("--mount=type=secret,id=a,target=/home/app/.npmrc npm ci"),
            Some(Severity::Warning)
        );
    }

    #[test]
    fn the_user_of_a_known_base() {
        let count = |head: &str| {
            let run = "RUN --mount=type=secret,id=a,required x /run/secrets/a\n";
            let found = testing::findings(&format!("{head}{run}"));
            found
                .iter()
                .filter(|finding| finding.rule == Rule::SecretUnreadable)
                .count()
        };
        assert_eq!(count("FROM jenkins/jenkins:lts\n"), 1);
        assert_eq!(count("FROM quay.io/jupyter/base-notebook:2024-01-01\n"), 1);
        assert_eq!(count("ARG B=cimg/node:20.1\nFROM $B AS a\nFROM a\n"), 1);
        assert_eq!(count("FROM jenkins/jenkins:lts\nUSER root\n"), 0);
        assert_eq!(count("FROM jenkins:lts\n"), 0);
        assert_eq!(count("FROM acme/jenkins\n"), 0);
    }

    #[test]
    fn the_user_of_the_stage_before() {
        let found = testing::findings(
            "FROM x AS a\nUSER app\nFROM a\nRUN --mount=type=secret,id=a,required x \
             /run/secrets/a\n",
        );
        assert_eq!(found.len(), 1);
    }
}
