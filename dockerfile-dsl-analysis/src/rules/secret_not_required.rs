//! `SecretNotRequired`: a step uses a secret, and the build continues without it: BuildKit's default for `required` is false.
//!
//! A secret in a variable, or at a path other than the default, counts as used. The rule does not report a written
//! `required=false`, or a script that says what happens without the secret. One finding for the whole file lists them all.

use std::collections::BTreeSet;

use super::steps::RuleStep;
use super::steps::{flag_at, mentions, texts};
use crate::report::Fix;
use crate::{
    Finding, Rule, Span,
    dockerfile::{Run, Secret},
};

pub(super) fn check(step: &RuleStep) -> Vec<Finding> {
    let Some(run) = step.run() else {
        return Vec::new();
    };
    let is_found = |secret: &Secret| {
        let is_at_own_place = secret
            .target
            .as_deref()
            .is_some_and(|target| !target.starts_with("/run/secrets/"));
        let is_used = secret.env.is_some() || is_at_own_place || mentions(run, secret);
        !secret.required && is_used && !is_tested(run, secret)
    };
    let findings = step
        .secrets()
        .filter(|(secret, span)| is_found(secret) && !is_decided(run, *span))
        .map(|(secret, span)| {
            let id = &secret.id;
            let what = if secret.target.is_some() {
                "the file is missing"
            } else {
                "the variable is empty"
            };
            let message = format!(
                "the secret `{id}` is not required: without it {what}, and the build continues"
            );
            let finding = step.finding(Rule::SecretNotRequired, span, message);
            Finding {
                secret: Some(id.clone()),
                ..finding.with_fix(required(false))
            }
        });
    findings.collect()
}

/// Merges all findings of a file into one, at the first position.
pub(super) fn once(findings: Vec<Finding>) -> Vec<Finding> {
    let (told, mut rest): (Vec<_>, Vec<_>) = findings
        .into_iter()
        .partition(|finding| finding.rule == Rule::SecretNotRequired);
    let count = told.len();
    let mut told = told.into_iter();
    let Some(mut first) = told.next() else {
        return rest;
    };
    if count > 1 {
        let others: Vec<Finding> = told.collect();
        first.also.extend(others.iter().map(|other| other.span));
        let all = first
            .secret
            .iter()
            .chain(others.iter().flat_map(|other| &other.secret));
        let mut seen = BTreeSet::new();
        let new = all.filter(|id| seen.insert(id.as_str()));
        let ids: Vec<String> = new.map(|id| format!("`{id}`")).collect();
        let what = if ids.len() == 1 { "secret" } else { "secrets" };
        let verb = if ids.len() == 1 { "is" } else { "are" };
        first.message = format!(
            "the {what} {} {verb} not required ({count} mounts): without it the file is missing \
             or the variable empty, and the build goes on",
            list(&ids)
        );
        first = first.with_fix(required(true));
    }
    let at = rest.partition_point(|other| (other.span, other.rule) < (first.span, first.rule));
    rest.insert(at, first);
    rest
}

fn required(is_list: bool) -> Fix {
    Fix::MountOption {
        option: "required=true".to_owned(),
        is_list,
    }
}

/// `a`, `b` and `c`
fn list(names: &[String]) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// Whether the mount says that the secret is optional: `required=false` in any of its spellings.
fn is_decided(run: &Run, mount: Span) -> bool {
    let flag = flag_at(run, mount);
    flag.is_some_and(|flag| flag.fields.iter().any(|field| field.key == "required"))
}

/// Whether the command goes on after the word with `||`: `cat FILE 2>/dev/null || true`.
fn has_alternative(after: &str) -> bool {
    let command = after.split(['\n', ';', ')', '`']).next().unwrap_or(after);
    let command = command.replace(">&", ">");
    let list = command.find("||");
    list.is_some_and(|at| !command[..at].contains(['|', '&']))
}

/// Whether the script tests if the secret exists: `[ -f FILE ]`, `test -s FILE`, `cat FILE || ..`, `${NAME:-..}`, `${NAME:?}`,
/// `[ -n "$NAME" ]`.
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
                .any(|(at, _)| asks_before(text, at) || has_alternative(&text[at + target.len()..]))
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
    }

    #[test]
    fn what_is_decided_is_not_reported() {
        for option in ["required=false", "required=0"] {
            check(
                &format!("RUN --mount=type=secret,id=a,{option} x </run/secrets/a"),
                &[],
            );
        }
        let flag = "--mount=type=secret,id=a";
        for script in [
            "A=\"$(cat /run/secrets/a 2>/dev/null || true)\" x",
            "x </run/secrets/a || echo no token",
            "x </run/secrets/a >/dev/null 2>&1 || y",
        ] {
            check(&format!("RUN {flag} {script}"), &[]);
        }
        // The alternative of another command.
        for script in [
            "A=\"$(cat /run/secrets/a)\" x || true",
            "cat /run/secrets/a | x || true",
            "x </run/secrets/a; y || true",
        ] {
            check(&format!("RUN {flag} {script}"), &[flag]);
        }
    }

    #[test]
    fn used_by_what_looks_there() {
        for flag in [
            "--mount=type=secret,id=a,env=NPM_TOKEN",
            "--mount=type=secret,id=a,target=/root/.npmrc",
        ] {
            check(&format!("RUN {flag} npm ci"), &[flag]);
            check(&format!("RUN {flag},required=true npm ci"), &[]);
        }
        check(
            "RUN --mount=type=secret,id=a,env=T [ -n \"$T\" ] && npm ci",
            &[],
        );
        check(
            "RUN --mount=type=secret,id=a,target=/root/.npmrc [ -f /root/.npmrc ] && npm ci",
            &[],
        );
    }

    #[test]
    fn once_for_a_file() {
        let found = testing::findings(
            "FROM x\nRUN --mount=type=secret,id=a,env=A y\nRUN --mount=type=secret,id=b,env=B \
             y\nRUN --mount=type=secret,id=a,env=A z\n",
        );
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0]
                .message
                .starts_with("the secrets `a` and `b` are not required (3 mounts)"),
            "{}",
            found[0].message
        );
        assert_eq!(found[0].also.len(), 2);
        // A decision about one of them does not cover the others.
        let found = testing::findings(
            "FROM x\n# dockerfile-dsl: allow=SecretNotRequired reason=\"may be absent\"\nRUN \
             --mount=type=secret,id=a,env=A y\nRUN --mount=type=secret,id=b,env=B y\n",
        );
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0]
                .message
                .starts_with("the secret `b` is not required:"),
            "{}",
            found[0].message
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
