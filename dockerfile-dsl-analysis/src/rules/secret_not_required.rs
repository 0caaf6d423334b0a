//! `SecretNotRequired`: a secret is used, and the build goes on without it: BuildKit's default for `required` is false.

use super::{
    Step,
    steps::{mentions, texts},
};
use crate::{
    Finding, Rule,
    dockerfile::{Run, Secret},
};

pub(super) fn check(step: &Step) -> Vec<Finding> {
    let Some(run) = step.run() else {
        return Vec::new();
    };
    let is_found =
        |secret: &Secret| !secret.required && mentions(run, secret) && !is_tested(run, secret);
    let findings = step
        .secrets()
        .filter(|(secret, _)| is_found(secret))
        .map(|(secret, span)| {
            let id = &secret.id;
            let what = if secret.target.is_some() {
                "the file is missing"
            } else {
                "the variable is empty"
            };
            let message = format!(
                "the secret `{id}` is not required: without it {what}, and the build goes on"
            );
            let help = Some("add this to the mount: `,required=true`".to_owned());
            let finding = step.finding(Rule::SecretNotRequired, span, message);
            Finding {
                secret: Some(id.clone()),
                help,
                ..finding
            }
        });
    findings.collect()
}

/// Whether the script asks if the secret is there: `[ -f FILE ]`, `test -s FILE`, `${NAME:-..}`, `${NAME:?}`, `[ -n "$NAME" ]`.
fn is_tested(run: &Run, secret: &Secret) -> bool {
    let operators = ["-e", "-f", "-r", "-s", "-n", "-z"];
    let asks_before = |text: &str, at: usize| {
        let before = text[..at].trim_end_matches(['"', '\'', '$', '{', ' ']);
        operators.iter().any(|operator| {
            before
                .strip_suffix(operator)
                .is_some_and(|rest| rest.ends_with([' ', '\t']))
        })
    };
    texts(run).iter().any(|text| {
        let file = secret.target.as_deref().filter(|target| !target.is_empty());
        let file = file.is_some_and(|target| {
            text.match_indices(target)
                .any(|(at, _)| asks_before(text, at))
        });
        let variable = secret
            .env
            .as_deref()
            .filter(|name| !name.is_empty())
            .is_some_and(|name| {
                text.match_indices(name).any(|(at, _)| {
                    let modified = text[..at].ends_with("${")
                        && text[at + name.len()..].starts_with([':', '-', '+', '?']);
                    modified || asks_before(text, at)
                })
            });
        file || variable
    })
}

#[cfg(test)]
mod tests {
    use super::{super::testing, *};

    #[track_caller]
    fn check(instructions: &str, expected: &[&str]) {
        testing::check(Rule::SecretNotRequired, instructions, expected);
    }

    #[test]
    fn used_without_being_required() {
        check(
            "RUN --mount=type=secret,id=a x /run/secrets/a",
            &["--mount=type=secret,id=a"],
        );
        check(
            "RUN --mount=type=secret,id=a,env=A x $A ${AB}",
            &["--mount=type=secret,id=a,env=A"],
        );
        check(
            "RUN --mount=type=secret,id=a,required=false x </run/secrets/a",
            &["--mount=type=secret,id=a,required=false"],
        );
    }

    #[test]
    fn required_or_tested_or_not_used() {
        check(
            "RUN --mount=type=secret,id=a,required=true x /run/secrets/a",
            &[],
        );
        check(
            "RUN --mount=type=secret,id=a,required x /run/secrets/a",
            &[],
        );
        check("RUN --mount=type=secret,id=a x", &[]);
        check(
            "RUN --mount=type=secret,id=a if [ -s \"/run/secrets/a\" ]; then x /run/secrets/a; fi",
            &[],
        );
        check("RUN --mount=type=secret,id=a,env=A x ${A:?}", &[]);
        check(
            "RUN --mount=type=secret,id=a,env=A test -n \"$A\" && x $A",
            &[],
        );
    }
}
