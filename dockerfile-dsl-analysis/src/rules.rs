//! Rules without flow analysis: they look at one instruction at a time.
//!
//! In: a [`File`] and what is known of its build context. Out: findings. Each rule is a file, with its page beside it. None of them rejects
//! a file that mounts no secret, except for names that mark a secret.

mod builder_stages;
mod context;
mod context_copy;
mod home_in_mount_target;
mod invalid_utf8;
pub(crate) mod literal_credential;
mod overlapping_mounts;
mod repository;
mod repository_in_context;
mod reserved_variable;
mod secret_file_in_context;
mod secret_not_mounted;
mod secret_not_read;
mod secret_not_required;
mod secret_not_used;
mod secret_to_other_host;
mod secret_unreadable;
mod secrets_used_in_arg_or_env;
mod target_differs;

pub(crate) mod steps;

pub mod dockerignore;
pub mod notes;

use std::cell::LazyCell;

use crate::{Finding, Rule, bases::Bases, dockerfile::File};

pub use context::Context;
pub use context_copy::copies;
pub use repository::Repository;
pub use secret_file_in_context::{is_secret_file, secret_file_names};
pub use secrets_used_in_arg_or_env::is_secret_argument;

/// Returns the findings of these rules, in text order.
#[must_use]
pub fn whole_file(file: &File, context: &Context, bases: &Bases) -> Vec<Finding> {
    let mut findings = Vec::new();
    let named = LazyCell::new(|| secret_not_used::named(file));
    steps::walk(file, bases, |step| {
        findings.extend(secrets_used_in_arg_or_env::check(file, step));
        findings.extend(secret_file_in_context::check(step, context));
        findings.extend(repository_in_context::check(file, step, context));
        findings.extend(literal_credential::check(step));
        findings.extend(overlapping_mounts::check(step));
        findings.extend(reserved_variable::check(step));
        findings.extend(secret_not_mounted::check(file, step));
        findings.extend(secret_not_read::check(step));
        findings.extend(secret_not_required::check(step));
        findings.extend(secret_not_used::check(step, &named));
        findings.extend(secret_to_other_host::check(file, step));
        findings.extend(target_differs::check(step));
        findings.extend(home_in_mount_target::check(step));
        findings.extend(secret_unreadable::check(step));
    });
    findings.extend(invalid_utf8::check(file));
    sort(&mut findings);
    findings
}

/// Sorts findings in text order.
fn sort(findings: &mut [Finding]) {
    findings.sort_by_key(|finding| (finding.span, finding.rule));
}

/// Merges findings that are reported once for the whole file, after notes were applied to each.
pub(crate) fn once(findings: Vec<Finding>) -> Vec<Finding> {
    secret_not_required::once(findings)
}

pub(crate) use builder_stages::{in_image, mark as mark_builder_stages};

macro_rules! pages {
    ($($rule:ident),* $(,)?) => {
        /// Returns the page of a rule: what it finds, why that matters, a bad example, and a good one.
        #[must_use]
        pub const fn page(rule: Rule) -> &'static str {
            match rule {
                $(Rule::$rule => include_str!(concat!("rules/", stringify!($rule), ".md")),)*
            }
        }
    };
}

pages![
    SecretInLayer,
    SecretInBuildLog,
    SecretInCacheMount,
    DerivedSecretInLayer,
    DerivedSecretInBuildLog,
    SecretToUnknownProgram,
    SecretToProjectCode,
    SecretToOtherHost,
    SecretUnderUnknownShell,
    SecretInUnknownDirectory,
    SecretInOpaqueSyntax,
    LiteralSecretPath,
    PublicValueAsOption,
    UnquotableValue,
    SecretsUsedInArgOrEnv,
    LiteralCredential,
    SecretFileInContext,
    SecretNotRequired,
    SecretUnreadable,
    SecretNotMounted,
    SecretNotRead,
    SecretNotUsed,
    DefaultTargetDiffers,
    HomeInMountTarget,
    OverlappingMounts,
    ReservedVariable,
    MountedSecretNotPassed,
    PassedSecretNotMounted,
    SecretInBuildArg,
    InlineSecretValue,
    SecretNotDeclared,
    AmbiguousSecretId,
    IgnoredSecretOption,
    SecretInBuildRecord,
    SecretNotInherited,
    CallerNotUnderstood,
    InvalidUtf8,
    MalformedNote,
    UnusedNote,
];

#[cfg(test)]
mod testing {
    use super::{Bases, Context, whole_file};
    use crate::{Finding, Rule, Severity, dockerfile};

    #[track_caller]
    pub(super) fn findings(text: &str) -> Vec<Finding> {
        let file = dockerfile::read(text).unwrap_or_else(|errors| panic!("{errors:?}"));
        let findings = whole_file(&file, &Context::default(), Bases::NONE);
        super::once(super::notes::apply(&file, findings, |_| false))
    }

    /// Checks the spans that a rule reports in a stage with these instructions.
    #[track_caller]
    pub(super) fn check(rule: Rule, instructions: &str, expected: &[&str]) {
        check_file(rule, &format!("FROM x\n{instructions}\n"), expected);
    }

    /// Checks the spans that a rule reports in a file.
    #[track_caller]
    pub(super) fn check_file(rule: Rule, text: &str, expected: &[&str]) {
        let found = findings(text);
        let places: Vec<&str> = found
            .iter()
            .filter(|finding| finding.rule == rule)
            .map(|finding| finding.span.of(text))
            .collect();
        assert_eq!(places, expected, "{text}");
    }

    #[track_caller]
    pub(super) fn severity(rule: Rule, instructions: &str) -> Option<Severity> {
        findings(&format!("FROM x\n{instructions}\n"))
            .iter()
            .find(|finding| finding.rule == rule)
            .map(|found| found.severity)
    }

    /// Every bad example has the finding of its page, and every good example has none.
    #[test]
    fn the_pages_are_right() {
        let blocks = |page: &str, title: &str| -> Vec<String> {
            let (_, after) = page
                .split_once(&format!("## {title}\n"))
                .unwrap_or_default();
            let section = after.split("\n## ").next().unwrap_or_default();
            let codes = section.split("```dockerfile\n").skip(1);
            codes
                .filter_map(|code| code.split_once("```"))
                .map(|(code, _)| code.to_owned())
                .collect()
        };
        let findings = |text: &str| {
            let file = dockerfile::read(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
            crate::check::check_file(&file)
        };
        for rule in Rule::ALL {
            let page = super::page(*rule);
            assert!(
                page.starts_with(&format!("# {rule}\n\n"))
                    && page.contains(".\n\n## Output\n\n```text\n"),
                "{rule}"
            );
            for title in ["Why", "Bad", "Good", "Command line"] {
                assert!(page.contains(&format!("\n## {title}\n")), "{rule}: {title}");
            }
            // The examples of the rules for `sh!` are tested with the macro, those of several files with the command line.
            let (all_bad, all_good) = (blocks(page, "Bad"), blocks(page, "Good"));
            let Some(good) = all_good.first().filter(|_| !all_bad.is_empty()) else {
                assert!(
                    page.contains("The rule applies only to scripts in Rust")
                        || page.contains("The rule applies only to files that start builds"),
                    "{rule} has examples"
                );
                continue;
            };
            for bad in &all_bad {
                let mut found = findings(bad).into_iter();
                assert!(found.any(|finding| finding.rule == *rule), "{rule}: {bad}");
            }
            for good in &all_good {
                // Whether a program has rows is the subject of another page.
                let remaining: Vec<Finding> = findings(good)
                    .into_iter()
                    .filter(|found| found.rule == *rule || found.severity == Severity::Error)
                    .collect();
                assert_eq!(remaining, [], "{rule}: {good}");
            }
            // The command line passes exactly the secrets that the good example mounts.
            let (_, command) = page.split_once("## Command line\n").unwrap_or_default();
            let passed: Vec<&str> = command
                .split("--secret id=")
                .skip(1)
                .filter_map(|flag| flag.split([',', ' ', '`']).next())
                .collect();
            let good = dockerfile::read(good).unwrap_or_else(|errors| panic!("{errors:?}"));
            assert_eq!(passed, good.secret_ids(), "{rule}");
        }
    }

    /// Each page shows the message of its rule.
    #[test]
    fn the_pages_show_the_message() {
        for rule in Rule::ALL {
            let page = super::page(*rule);
            let bad = page
                .split_once("```dockerfile\n")
                .and_then(|(_, code)| code.split_once("```"));
            let Some((bad, _)) = bad else { continue };
            if let Some(found) = findings(bad).iter().find(|finding| finding.rule == *rule) {
                assert!(
                    page.contains(&format!("```text\n{}\n```", found.message)),
                    "{rule}: {}",
                    found.message
                );
            }
        }
    }
}
