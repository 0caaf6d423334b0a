//! The rules that need no flow: what can be seen by looking at instructions one by one.
//!
//! In: a [`File`] and what is known of its build context. Out: findings. Each rule is a file, with a page of its own beside it.
//! None of them refuses a file that mounts no secret, but for names that say themselves that they are secrets.

mod overlapping_mounts;
mod reserved_variable;
mod secret_file_in_context;
mod secret_not_mounted;
mod secret_not_required;
mod secret_unreadable;
mod secrets_used_in_arg_or_env;

mod steps;

pub mod dockerignore;
pub mod notes;

use crate::{Finding, dockerfile::File};
use dockerignore::Dockerignore;
use steps::Step;

/// All findings of these rules, in the order of the text.
#[must_use]
pub fn whole_file(file: &File, ignore: &Dockerignore) -> Vec<Finding> {
    let mut findings = Vec::new();
    for step in steps::steps(file) {
        findings.extend(secrets_used_in_arg_or_env::check(file, &step));
        findings.extend(secret_file_in_context::check(&step, ignore));
        findings.extend(overlapping_mounts::check(&step));
        findings.extend(reserved_variable::check(&step));
        findings.extend(secret_not_mounted::check(&step));
        findings.extend(secret_not_required::check(&step));
        findings.extend(secret_unreadable::check(&step));
    }
    findings.sort_by_key(|finding| (finding.span, finding.rule));
    findings
}

/// The page of a rule: what it finds, why that matters, an example, and the same done well.
#[must_use]
pub const fn page(rule: crate::Rule) -> Option<&'static str> {
    use crate::Rule;
    Some(match rule {
        Rule::MalformedNote => include_str!("rules/malformed_note.md"),
        Rule::OverlappingMounts => include_str!("rules/overlapping_mounts.md"),
        Rule::ReservedVariable => include_str!("rules/reserved_variable.md"),
        Rule::SecretFileInContext => include_str!("rules/secret_file_in_context.md"),
        Rule::SecretNotMounted => include_str!("rules/secret_not_mounted.md"),
        Rule::SecretNotRequired => include_str!("rules/secret_not_required.md"),
        Rule::SecretUnreadable => include_str!("rules/secret_unreadable.md"),
        Rule::SecretsUsedInArgOrEnv => include_str!("rules/secrets_used_in_arg_or_env.md"),
        Rule::UnusedNote => include_str!("rules/unused_note.md"),
        _ => return None,
    })
}

#[cfg(test)]
mod testing {
    use super::{Dockerignore, whole_file};
    use crate::{Finding, Rule, Severity, dockerfile};

    #[track_caller]
    pub(super) fn findings(text: &str) -> Vec<Finding> {
        let file = dockerfile::read(text).unwrap_or_else(|errors| panic!("{errors:?}"));
        let findings = whole_file(&file, &Dockerignore::default());
        super::notes::apply(&file, findings, |_| false)
    }

    /// What a rule points at in a stage with these instructions.
    #[track_caller]
    pub(super) fn check(rule: Rule, instructions: &str, expected: &[&str]) {
        let text = format!("FROM x\n{instructions}\n");
        let found = findings(&text);
        let places: Vec<&str> = found
            .iter()
            .filter(|finding| finding.rule == rule)
            .map(|finding| finding.span.of(&text))
            .collect();
        assert_eq!(places, expected, "{instructions}");
    }

    #[track_caller]
    pub(super) fn severity(rule: Rule, instructions: &str) -> Option<Severity> {
        findings(&format!("FROM x\n{instructions}\n"))
            .iter()
            .find(|finding| finding.rule == rule)
            .map(|found| found.severity)
    }

    /// Every rule that has a page here shows what its page says is bad, and not what it says is good.
    #[test]
    fn the_pages_are_right() {
        let block = |page: &str, title: &str| {
            let after = page
                .split_once(&format!("## {title}\n"))
                .map(|(_, after)| after.to_owned())?;
            let (_, code) = after.split_once("```dockerfile\n")?;
            code.split_once("```").map(|(code, _)| code.to_owned())
        };
        for rule in Rule::ALL {
            let Some(page) = super::page(*rule) else {
                continue;
            };
            let bad = block(page, "Bad").unwrap_or_else(|| panic!("{rule} has a bad example"));
            let good = block(page, "Good").unwrap_or_else(|| panic!("{rule} has a good example"));
            assert!(page.starts_with(&format!("# {rule}\n")), "{rule}");
            let hits: Vec<_> = findings(&bad)
                .into_iter()
                .filter(|finding| finding.rule == *rule)
                .collect();
            assert!(!hits.is_empty(), "{rule}: {bad}");
            let output = page
                .split_once("## Output\n\n```text\n")
                .and_then(|(_, after)| after.split_once("\n```"));
            assert_eq!(
                output.map(|(output, _)| output),
                Some(hits[0].message.as_str()),
                "{rule}"
            );
            assert_eq!(findings(&good), [], "{rule}: {good}");
        }
    }
}
