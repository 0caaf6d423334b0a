//! `SecretFileInContext`: `COPY .` or `ADD .` of a build context that is a git repository.
//!
//! With a credential in `.git/config` it is an error in any stage. Without one it is a warning, and only where the image gets the
//! repository: all that was ever committed is in it. A named `.git` is the subject of `secret_file_in_context`.

use super::builder_stages;
use super::context::Context;
use super::repository::{REPOSITORY, Repository};
use super::secret_file_in_context::is_excluded;
use super::steps::RuleStep;
use crate::dockerfile::{File, Kind, Source};
use crate::report::Fix;
use crate::{Finding, Rule, Severity};

const CONFIG: &str = ".git/config";
/// A file that every repository has.
const HISTORY: &str = ".git/HEAD";

pub(super) fn check(file: &File, step: &RuleStep, context: &Context) -> Option<Finding> {
    if context.repository == Repository::Absent {
        return None;
    }
    let (Kind::Copy(transfer) | Kind::Add(transfer)) = step.kind() else {
        return None;
    };
    if transfer.from.is_some() {
        return None;
    }
    let takes_all = |source: &&Source| match source {
        Source::Path(written) => step.environment.expand(written).is_ok_and(|path| {
            let path = path.trim_start_matches("./").trim_matches('/');
            matches!(path, "" | "." | "*")
        }),
        Source::HereDocument(_) => false,
    };
    let Source::Path(written) = transfer.sources.iter().find(takes_all)? else {
        return None;
    };
    let is_taken = |path: &str| !context.ignore.excludes(path) && !is_excluded(transfer, path);
    let credential = context.repository.credential().filter(|_| is_taken(CONFIG));
    let message = match credential {
        Some(what) => format!(
            "this copies the build context into a layer, with `{CONFIG}`, which contains {what}"
        ),
        None if !is_taken(HISTORY) => return None,
        None if !builder_stages::has_repository(file, step.stage, step.index) => return None,
        None => format!(
            "this copies the build context into a layer, with `{REPOSITORY}`: every file that was \
             ever committed"
        ),
    };
    let severity = match credential {
        Some(_) => Severity::Error,
        None => Severity::Warning,
    };
    let finding = step.finding(Rule::SecretFileInContext, written.whole(), message);
    let paths = vec![REPOSITORY.to_owned()];
    Some(Finding {
        severity,
        sink: REPOSITORY.to_owned(),
        ..finding.with_fix(Fix::Ignore { paths })
    })
}

#[cfg(test)]
mod tests {
    use super::super::{dockerignore::Dockerignore, whole_file};
    use super::*;
    use crate::bases::Bases;
    use crate::dockerfile;

    /// Returns the findings of a file in a context with this repository.
    fn found(text: &str, ignore: &str, repository: Repository) -> Vec<Finding> {
        let context = Context {
            ignore: Dockerignore::parse(ignore).expect("is right"),
            repository,
            ..Context::default()
        };
        let file = dockerfile::read(text).expect("is right");
        whole_file(&file, &context, Bases::NONE)
    }

    #[track_caller]
    fn check(instructions: &str, ignore: &str, expected: usize) {
        let text = format!("FROM a\n{instructions}\n");
        for repository in [Repository::Present, Repository::WithUrl] {
            let found = found(&text, ignore, repository);
            assert_eq!(found.len(), expected, "{instructions}: {found:?}");
        }
        assert_eq!(found(&text, ignore, Repository::Absent), []);
    }

    #[test]
    fn forms_that_take_the_context() {
        for instruction in [
            "COPY . .",
            "ADD ./ /app",
            "COPY / /app/",
            "COPY a . /app/",
            "COPY [\".\", \"/app\"]",
            "COPY * /app/",
            "ENV D=.\nCOPY $D /app",
            "ONBUILD COPY . .",
            "COPY --exclude=*.md . .",
        ] {
            check(instruction, "node_modules", 1);
        }
        for instruction in [
            "COPY src /app",
            "COPY --from=b . .",
            "COPY --exclude=.git . .",
            "COPY <<. /app\n.",
            "RUN --mount=type=bind,target=. make",
        ] {
            check(instruction, "", 0);
        }
    }

    #[test]
    fn ignored_repositories() {
        for ignore in [
            ".git", "**/.git", ".git/", "*\n!src", ".*", ".git*", ".git/**",
        ] {
            check("COPY . .", ignore, 0);
        }
        for ignore in ["", ".github", ".gitignore", "*\n!.git", "a/.git"] {
            check("COPY . .", ignore, 1);
        }
        let text = "FROM a\nCOPY . .\n";
        // The history alone is no credential.
        let found = found(text, ".git/config", Repository::WithUrl);
        assert_eq!((found.len(), found[0].severity), (1, Severity::Warning));
    }

    #[test]
    fn a_credential_is_an_error_in_any_stage() {
        let stages = |last: &str| format!("FROM a AS b\nWORKDIR /src\nCOPY . .\nFROM c\n{last}\n");
        let severities = |last: &str, repository| -> Vec<Severity> {
            let found = found(&stages(last), "", repository);
            found.iter().map(|finding| finding.severity).collect()
        };
        for (last, is_kept) in [
            ("COPY --from=b /src/bin/x /x", false),
            ("COPY --from=b /src /src", true),
            ("COPY --from=b /src/.git/HEAD /x", true),
        ] {
            let plain = severities(last, Repository::Present);
            assert_eq!(
                plain,
                vec![Severity::Warning; usize::from(is_kept)],
                "{last}"
            );
            assert_eq!(severities(last, Repository::WithHeader), [Severity::Error]);
        }
    }
}
