//! `DefaultTargetDiffers`: an id with a slash and no target. BuildKit mounts it at `/run/secrets/` plus the last component of the id,
//! podman and buildah at `/run/secrets/` plus the whole id.

use super::steps::{RuleStep, flag_at};
use crate::report::Fix;
use crate::{Finding, Rule};

pub(super) fn check(step: &RuleStep) -> Vec<Finding> {
    let Some(run) = step.run() else {
        return Vec::new();
    };
    let has_target = |span: crate::Span| {
        flag_at(run, span).is_none_or(|flag| {
            flag.fields
                .iter()
                .any(|field| matches!(&*field.key, "target" | "dst" | "destination" | "env"))
        })
    };
    let differing = step
        .secrets()
        .filter(|(secret, span)| secret.id.contains('/') && !has_target(*span));
    differing
        .map(|(secret, span)| {
            let (id, target) = (&secret.id, secret.target.as_deref().unwrap_or_default());
            let other = format!("/run/secrets/{}", id.trim_start_matches('/'));
            let message = format!(
                "without a target `{id}` is at `{target}` with BuildKit, and at `{other}` with \
                 podman and buildah"
            );
            Finding {
                secret: Some(id.clone()),
                sink: target.to_owned(),
                is_advice: true,
                ..step
                    .finding(Rule::DefaultTargetDiffers, span, message)
                    .with_fix(Fix::MountOption {
                        option: format!("target={target}"),
                        is_list: false,
                    })
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{super::testing, *};

    #[test]
    fn ids_with_a_slash() {
        let check = |flag: &str, expected: &[&str]| {
            testing::check(
                Rule::DefaultTargetDiffers,
                &format!("RUN {flag} x"),
                expected,
            );
        };
        let bare = "--mount=type=secret,id=team/tok,required";
        check(bare, &[bare]);
        check(
            "--mount=type=secret,id=team/tok,required,target=/run/secrets/tok",
            &[],
        );
        check("--mount=type=secret,id=team/tok,required,env=TOK", &[]);
        check("--mount=type=secret,id=tok,required", &[]);
    }
}
