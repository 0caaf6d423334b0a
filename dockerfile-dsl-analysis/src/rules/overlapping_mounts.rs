//! `OverlappingMounts`: two mounts of one RUN at the same path, one of them a secret. The builder decides which one is visible.

use super::steps::RuleStep;
use crate::report::{Fix, file_mount};
use crate::{Finding, Rule, dockerfile::Mount};
use std::collections::BTreeMap;

pub(super) fn check(step: &RuleStep) -> Vec<Finding> {
    let mut findings = Vec::new();
    // The targets so far, each with the id of its secret, if it is one.
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    for (mount, span) in &step.mounts {
        let Some(target) = mount
            .target()
            .map(|target| step.environment.absolute(target))
        else {
            continue;
        };
        let own = match mount {
            Mount::Secret(secret) => secret.id.as_str(),
            _ => "",
        };
        let known = places.get(&target).cloned();
        let mut secret = match &known {
            Some(known) if !known.is_empty() => known.as_str(),
            Some(_) => own,
            None => "",
        };
        // Nothing can be mounted beneath a file such as a secret. A secret in a directory that is mounted, too, is fine.
        for (end, _) in target.match_indices('/') {
            if let (true, Some(above)) = (secret.is_empty(), places.get(&target[..end])) {
                secret = above;
            }
        }
        let directory = format!("{target}/");
        let beneath = places.range(directory.clone()..).next();
        if secret.is_empty() && beneath.is_some_and(|(path, _)| path.starts_with(&directory)) {
            secret = own;
        }
        if !secret.is_empty() {
            let message = format!("two mounts of this RUN are at `{target}`, one of them a secret");
            let finding = step.finding(Rule::OverlappingMounts, *span, message);
            let place = match format!("/run/secrets/{secret}") {
                usual if usual == target => format!("/run/build/{secret}"),
                usual => usual,
            };
            let fix = Fix::OtherMount {
                id: secret.to_owned(),
                mount: file_mount(secret, &place),
                is_variable: false,
            };
            findings.push(Finding {
                secret: Some(secret.to_owned()),
                sink: target.clone(),
                ..finding.with_fix(fix)
            });
        }
        let known = known.filter(|known| !known.is_empty());
        places.insert(target, known.unwrap_or_else(|| own.to_owned()));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{super::testing, *};

    #[track_caller]
    fn check(instructions: &str, expected: &[&str]) {
        testing::check(Rule::OverlappingMounts, instructions, expected);
    }

    #[test]
    fn one_place_twice() {
        check(
            "RUN --mount=type=secret,id=a,target=/a --mount=type=cache,target=/a/ x",
            &["--mount=type=cache,target=/a/"],
        );
        check(
            "RUN --mount=type=secret,id=a --mount=type=secret,id=b/a x",
            &["--mount=type=secret,id=b/a"],
        );
        check(
            "WORKDIR /w\nRUN --mount=type=tmpfs,target=/w/a --mount=type=secret,id=a,target=a x",
            &["--mount=type=secret,id=a,target=a"],
        );
        check(
            "RUN --mount=type=secret,id=a,target=/a --mount=type=cache,target=/a/b x",
            &["--mount=type=cache,target=/a/b"],
        );
    }

    #[test]
    fn places_side_by_side() {
        check(
            "RUN --mount=type=cache,target=/root/.m2 \
             --mount=type=secret,id=a,target=/root/.m2/settings.xml x",
            &[],
        );
        check(
            "RUN --mount=type=secret,id=a,target=/a --mount=type=secret,id=b,target=/ab x",
            &[],
        );
        check(
            "RUN --mount=type=secret,id=a,env=A --mount=type=secret,id=b,env=B x",
            &[],
        );
        check(
            "RUN --mount=type=cache,target=/a --mount=type=cache,target=/a x",
            &[],
        );
    }
}
