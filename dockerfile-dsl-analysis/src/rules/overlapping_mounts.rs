//! `OverlappingMounts`: two mounts of one RUN at one place, one of them a secret: which one is seen depends on the builder.

use super::Step;
use crate::sorted::Map;
use crate::{Finding, Rule, dockerfile::Mount};

pub(super) fn check(step: &Step) -> Vec<Finding> {
    let mut findings = Vec::new();
    // The targets so far, each with the id of the secret that is there, if one is.
    let mut places: Map<String, Option<&str>> = Map::new();
    for (mount, span) in &step.mounts {
        let Some(target) = mount
            .target()
            .map(|target| step.environment.absolute(target))
        else {
            continue;
        };
        let own = match mount {
            Mount::Secret(secret) => Some(secret.id.as_str()),
            _ => None,
        };
        let same = places.get(&target).and_then(|other| other.or(own));
        // Nothing can be mounted beneath a file, and a secret is one. A secret in a directory that is mounted too is fine.
        let above = || {
            let ends = target.match_indices('/').map(|(end, _)| &target[..end]);
            ends.filter_map(|file| places.get(file).copied().flatten())
                .next()
        };
        let beneath = || {
            let directory = format!("{target}/");
            let mut after = places.from(&directory);
            own.filter(|_| {
                after
                    .next()
                    .is_some_and(|(path, _)| path.starts_with(&directory))
            })
        };
        if let Some(secret) = same.or_else(above).or_else(beneath) {
            let message = format!("two mounts of this RUN are at `{target}`, one of them a secret");
            let finding = step.finding(Rule::OverlappingMounts, *span, message);
            let place = match format!("/run/secrets/{secret}") {
                usual if usual == target => format!("/run/build/{secret}"),
                usual => usual,
            };
            let help = Some(format!(
                "give the secret a place of its own, and read it there: `--mount=type=secret,id={secret},target={place},required=true`"
            ));
            findings.push(Finding {
                secret: Some(secret.to_owned()),
                sink: target.clone(),
                help,
                ..finding
            });
        }
        let known = places.get(&target).copied().flatten();
        places.insert(target, known.or(own));
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
