//! Findings in a build stage that is not part of the final image: its files are still in the build cache.
//!
//! In: all findings of a file, and what a stage of the image copies from others. Out: the same findings, with the name of such a stage, and
//! the level that the file sets for them. A secret in a file that the image gets by `COPY --from` is in the image.

mod copied_on;

use std::collections::BTreeSet;

use super::repository::REPOSITORY;
use crate::dockerfile::{Environment, File};
use crate::report::Fix;
use crate::{Channel, Finding, Severity, Span};

/// Adds the build stage to each finding in one.
pub(crate) fn mark(file: &File, findings: &mut [Finding], copied: &BTreeSet<(Span, String)>) {
    let in_image = in_image(file);
    for finding in findings {
        let is_kept = matches!(
            finding.channel,
            Channel::Layer | Channel::Config | Channel::Context
        );
        let secret = finding.secret.clone().unwrap_or_default();
        if !is_kept
            || copied.contains(&(finding.span, secret))
            || in_image.get(finding.stage).copied().unwrap_or(true)
        {
            continue;
        }
        let Some(instruction) = finding.instruction else {
            continue;
        };
        let stage = finding.stage;
        if finding.channel == Channel::Context
            && copied_on::reaches_image(file, &in_image, stage, instruction, inside(finding))
        {
            continue;
        }
        let stage = &file.stages[stage];
        let name = stage.name.as_ref().map_or_else(
            || format!("number {}", finding.stage),
            |name| format!("`{}`", name.name),
        );
        let what = if finding.channel == Channel::Config {
            "the config"
        } else {
            "a layer"
        };
        finding.message.push_str(&format!(
            "; that is {what} of build stage {name}: in the build cache, and in the output of \
             `--cache-to mode=max` and `--target`"
        ));
        finding.builder_stage = Some(
            stage
                .name
                .as_ref()
                .map_or_else(|| finding.stage.to_string(), |name| name.name.clone()),
        );
        if file.builder_stages.is_some() {
            finding.severity = Severity::Warning;
            finding.is_advice = true;
        }
    }
}

/// Returns the name in the copied directory that the finding is about, if it is one.
fn inside(finding: &Finding) -> Option<&str> {
    match &finding.fix {
        Some(Fix::Ignore { paths }) if *paths == [REPOSITORY] => Some(REPOSITORY),
        _ => None,
    }
}

/// Whether the image may get the repository that an instruction copies with the build context.
pub(super) fn has_repository(file: &File, stage: usize, copy: Option<usize>) -> bool {
    let in_image = in_image(file);
    let is_own = in_image.get(stage).copied().unwrap_or(true);
    is_own
        || copy.is_none_or(|copy| {
            copied_on::reaches_image(file, &in_image, stage, copy, Some(REPOSITORY))
        })
}

/// Returns for each stage whether the final image contains it.
pub(crate) fn in_image(file: &File) -> Vec<bool> {
    let global = Environment::new(file, Vec::new());
    let mut in_image = vec![false; file.stages.len()];
    let mut at = file.stages.len().checked_sub(1);
    while let Some(index) = at {
        in_image[index] = true;
        let base = &file.stages[index].base;
        let name = global.expand(base).unwrap_or_else(|_| base.to_string());
        at = file.stage_named(&name, index);
    }
    in_image
}

#[cfg(test)]
mod tests {
    use crate::check::check_file;
    use crate::{Rule, Severity, dockerfile};

    const LEAK: &str =
        "RUN --mount=type=secret,id=tok,required=true cp /run/secrets/tok /etc/tok\n";

    #[track_caller]
    fn found(text: &str) -> Vec<(Option<String>, Severity, String)> {
        let file = dockerfile::read(text).expect("is right");
        check_file(&file)
            .into_iter()
            .filter(|finding| finding.rule == Rule::SecretInLayer)
            .map(|finding| (finding.builder_stage, finding.severity, finding.message))
            .collect()
    }

    #[test]
    fn a_builder_stage_is_named() {
        let found = found(&format!(
            "FROM a AS build\n{LEAK}FROM scratch\nCOPY --from=build /app /\n"
        ));
        assert_eq!(found[0].0.as_deref(), Some("build"));
        assert_eq!(found[0].1, Severity::Error);
        assert!(
            found[0].2.ends_with(
                "; that is a layer of build stage `build`: in the build cache, \
             and in the output of `--cache-to mode=max` and `--target`"
            ),
            "{}",
            found[0].2
        );
    }

    /// `COPY --from` brings the file into the image, whatever its path there.
    #[test]
    fn what_the_image_copies_is_in_the_image() {
        let note = "# dockerfile-dsl: builder-stages=warning reason=\"the cache is private\"\n";
        let build = format!("{note}FROM a AS build\n{LEAK}");
        for rest in [
            "FROM scratch\nCOPY --from=build /etc /etc\n",
            "FROM scratch\nCOPY --from=0 /etc/tok /app/tok\n",
            "FROM scratch\nCOPY --from=build / /\nRUN rm /etc/tok\n",
            "FROM scratch AS base\nCOPY --from=build /etc /etc\nFROM base\n",
            "FROM a AS mid\nCOPY --from=build /etc /m\nFROM scratch\nCOPY --from=mid /m /m\n",
        ] {
            let found = found(&format!("{build}{rest}"));
            assert!(!found.is_empty());
            for (stage, severity, message) in found {
                assert_eq!(
                    (stage, severity),
                    (None, Severity::Error),
                    "{rest}{message}"
                );
            }
        }
        for rest in [
            "FROM scratch\nCOPY --from=build /app /etc\n",
            "FROM scratch\nCOPY --from=build --exclude=tok /etc /etc\n",
            "FROM a AS mid\nCOPY --from=build /etc /m\nFROM scratch\nCOPY --from=mid /app /m\n",
        ] {
            let found = found(&format!("{build}{rest}"));
            assert!(!found.is_empty());
            for (stage, severity, message) in found {
                assert!(stage.is_some(), "{rest}{message}");
                assert_eq!(severity, Severity::Warning, "{rest}{message}");
            }
        }
    }

    /// The same for a secret file of the build context. What is not known counts as copied.
    #[test]
    fn file_of_the_context_that_the_image_copies_is_in_the_image() {
        let note = "# dockerfile-dsl: builder-stages=warning reason=\"the cache is private\"\n";
        let stages = |copy: &str, rest: &str| {
            let text = format!("{note}FROM a AS build\n{copy}\n{rest}");
            let file = dockerfile::read(&text).expect("is right");
            let found = check_file(&file).into_iter();
            let mut found = found.filter(|one| one.rule == Rule::SecretFileInContext);
            let one = found.next().expect("is found");
            (one.builder_stage.is_some(), one.severity)
        };
        for (copy, rest) in [
            (
                "COPY .netrc /app/",
                "FROM scratch\nCOPY --from=build /app /app\n",
            ),
            (
                "COPY .netrc /app/",
                "FROM scratch\nCOPY --from=0 /app/.netrc /x\n",
            ),
            (
                "COPY .netrc /app/x",
                "FROM scratch\nCOPY --from=build /app/x /x\n",
            ),
            (
                "WORKDIR /app\nCOPY .netrc .",
                "FROM scratch\nCOPY --from=build /app /app\n",
            ),
            (
                "COPY .netrc .",
                "FROM scratch\nCOPY --from=build /srv /srv\n",
            ),
            (
                "COPY .netrc /app/",
                "FROM scratch\nCOPY --from=build /ap* /app/\n",
            ),
            (
                "COPY .netrc /app/",
                "FROM a AS mid\nCOPY --from=build /app /m\nFROM scratch\nCOPY --from=mid /m /m\n",
            ),
            (
                "COPY .netrc /app/",
                "FROM build AS next\nFROM scratch\nCOPY --from=next /app /app\n",
            ),
        ] {
            assert_eq!(
                stages(copy, rest),
                (false, Severity::Error),
                "{copy} {rest}"
            );
        }
        for (copy, rest) in [
            (
                "COPY .netrc /root/",
                "FROM scratch\nCOPY --from=build /app /app\n",
            ),
            (
                "WORKDIR /app\nCOPY .netrc .",
                "FROM scratch\nCOPY --from=build /bin/x /x\n",
            ),
            (
                "COPY .netrc /app/",
                "FROM a AS mid\nCOPY --from=build /app /m\nFROM scratch\n",
            ),
        ] {
            assert_eq!(
                stages(copy, rest),
                (true, Severity::Warning),
                "{copy} {rest}"
            );
        }
    }

    #[test]
    fn the_image_itself_is_not() {
        for text in [
            format!("FROM a\n{LEAK}"),
            format!("FROM a AS base\n{LEAK}FROM base\nRUN x\n"),
            format!("ARG B=base\nFROM a AS base\n{LEAK}FROM ${{B}}\n"),
        ] {
            assert_eq!(found(&text)[0].0, None, "{text}");
        }
    }

    #[test]
    fn their_level_can_be_set_apart() {
        let note = "# dockerfile-dsl: builder-stages=warning reason=\"the cache is private\"\n";
        let builder = format!("FROM a AS build\n{LEAK}FROM scratch\n");
        assert_eq!(found(&format!("{note}{builder}"))[0].1, Severity::Warning);
        assert_eq!(
            found(&format!("{note}FROM a\n{LEAK}"))[0].1,
            Severity::Error
        );
        let without_reason = "# dockerfile-dsl: builder-stages=warning\n";
        assert_eq!(
            found(&format!("{without_reason}{builder}"))[0].1,
            Severity::Error
        );
    }
}
