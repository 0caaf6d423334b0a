//! `OverlappingMounts`: two mounts of one RUN at one place, one of them a secret: which one is seen depends on the builder.

use super::Step;
use crate::{Finding, Rule, dockerfile::Mount};

pub(super) fn check(step: &Step) -> Vec<Finding> {
    let place = |mount: &Mount| {
        mount
            .target()
            .map(|target| step.environment.absolute(target))
    };
    let is_secret = |mount: &Mount| matches!(mount, Mount::Secret(_));
    let mut findings = Vec::new();
    for (index, (mount, span)) in step.mounts.iter().enumerate() {
        let Some(target) = place(mount) else { continue };
        for (other, _) in &step.mounts[..index] {
            let Some(earlier) = place(other) else {
                continue;
            };
            // Nothing can be mounted beneath a file, and a secret is one. A secret in a directory that is mounted too is fine.
            let beneath = |path: &str, file: &str| {
                path.strip_prefix(file)
                    .is_some_and(|rest| rest.starts_with('/'))
            };
            let overlaps = target == earlier && (is_secret(mount) || is_secret(other))
                || is_secret(other) && beneath(&target, &earlier)
                || is_secret(mount) && beneath(&earlier, &target);
            if overlaps {
                let message =
                    format!("two mounts of this RUN are at `{target}`, one of them a secret");
                let finding = step.finding(Rule::OverlappingMounts, *span, message);
                let secret = [mount, other].into_iter().find_map(|mount| match mount {
                    Mount::Secret(secret) => Some(secret.id.clone()),
                    _ => None,
                });
                let help = Some("give each mount a target of its own".to_owned());
                findings.push(Finding {
                    secret,
                    sink: target.clone(),
                    help,
                    ..finding
                });
                break;
            }
        }
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
            "RUN --mount=type=cache,target=/root/.m2 --mount=type=secret,id=a,target=/root/.m2/settings.xml x",
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
