//! `SecretsUsedInArgOrEnv`: BuildKit's rule of that name, with its words and exceptions, and further ones.

use super::steps;
use super::steps::RuleStep;
use crate::credential::{is_placeholder, is_public_key, is_secret_name};
use crate::report::{Fix, UsedBy};
use crate::{
    Finding, Rule, Span,
    dockerfile::{File, Kind, SourceText},
};

pub(super) fn check(file: &File, step: &RuleStep) -> Vec<Finding> {
    let is_skipped = |rule: &String| rule == "all" || rule == Rule::SecretsUsedInArgOrEnv.name();
    // BuildKit ignores global ARGs: they are in no layer and no history.
    if step.is_global || file.skipped_checks.iter().any(is_skipped) {
        return Vec::new();
    }
    let named: Vec<(&SourceText, Option<&SourceText>)> = match &step.instruction.kind {
        Kind::Arg(arguments) => arguments
            .iter()
            .map(|argument| (&argument.name, argument.default.as_ref()))
            .collect(),
        Kind::Env(pairs) => pairs
            .iter()
            .map(|pair| (&pair.key, Some(&pair.value)))
            .collect(),
        _ => return Vec::new(),
    };
    named
        .into_iter()
        .filter(|(name, _)| is_secret_name(name))
        .filter_map(|(name, value)| finding(file, step, name, value))
        .collect()
}

fn finding(
    file: &File,
    step: &RuleStep,
    name: &SourceText,
    written: Option<&SourceText>,
) -> Option<Finding> {
    let is_env = matches!(step.instruction.kind, Kind::Env(_));
    let value = written.map(|written| step.environment.expand(written));
    let is_known = written.is_some_and(|written| !written.contains('$'));
    let mut is_advice = false;
    if let Some(Ok(value)) = &value
        && (is_known || !value.is_empty())
    {
        if is_public_key(name, value) || !value.is_empty() && is_placeholder(value) {
            return None;
        }
        is_advice =
            is_env && (value.is_empty() || value.starts_with(['/', '~']) || is_command(value));
    }
    let (instruction, place) = if is_env {
        ("ENV", "config")
    } else {
        ("ARG", "history")
    };
    let span: Span = name.whole();
    let message = format!(
        "`{instruction} {name}` is stored in the {place} of the image, and its name is that of a \
         secret"
    );
    Some(Finding {
        sink: name.to_string(),
        is_advice,
        ..step
            .finding(Rule::SecretsUsedInArgOrEnv, span, message)
            .with_fix(fix(file, step, name, is_env))
    })
}

/// Whether a build argument of this name carries a secret by its name, and no value that is written out says otherwise.
#[must_use]
pub fn is_secret_argument(name: &str, value: Option<&str>) -> bool {
    let is_public = |value| is_public_key(name, value) || is_placeholder(value);
    is_secret_name(name) && !value.is_some_and(is_public)
}

/// Whether the value looks like a command substitution. ENV performs none: the value is this text.
fn is_command(value: &str) -> bool {
    value.contains("$(") || value.contains('`')
}

/// Returns the fix: a mount for a RUN, `docker run --env` for a value that only the container needs.
fn fix(file: &File, step: &RuleStep, name: &str, is_env: bool) -> Fix {
    let later = file.stages[step.stage]
        .instructions
        .iter()
        .skip(step.index.map_or(0, |index| index + 1));
    let mut runs = later.filter_map(|instruction| match &instruction.kind {
        Kind::Run(run) => Some(run),
        _ => None,
    });
    let is_used = runs.any(|run| {
        steps::texts(run)
            .iter()
            .any(|text| steps::has_variable(text, name))
    });
    Fix::MountVariable {
        name: name.to_owned(),
        used_by: match (is_env, is_used) {
            (false, _) => UsedBy::Argument,
            (true, true) => UsedBy::Step,
            (true, false) => UsedBy::Container,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{super::testing, *};

    #[track_caller]
    fn check(instructions: &str, expected: &[&str]) {
        testing::check(Rule::SecretsUsedInArgOrEnv, instructions, expected);
    }

    #[test]
    fn names_of_secrets() {
        let names = "API_KEY APIKEY MY_APIKEY_X GITHUB_TOKEN AWS_SECRET_ACCESS_KEY auth Credential";
        check(
            &format!("ARG {names}"),
            &names.split(' ').collect::<Vec<_>>(),
        );
        check("ENV A=b DB_PASSWORD=$A", &["DB_PASSWORD"]);
    }

    #[test]
    fn what_is_plainly_no_secret_is_advice() {
        let is_refused = |value| {
            let found = testing::findings(&format!("FROM x\nENV TOKEN={value}\n"));
            found.iter().any(Finding::is_refused)
        };
        for value in [
            "",
            "\"\"",
            "/run/secrets/tok",
            "\"\\$(cat /run/secrets/tok)\"",
        ] {
            assert!(!is_refused(value), "{value}");
        }
        for value in ["abc", "$A", "\"${A}\"", "'a b'"] {
            assert!(is_refused(value), "{value}");
        }
        let severity = testing::severity(Rule::SecretsUsedInArgOrEnv, "ENV TOKEN=abc");
        assert_eq!(severity, Some(crate::Severity::Warning));
    }

    #[test]
    fn what_is_known_to_be_public_is_nothing() {
        check("ENV GPG_KEY A035C8C19219BA821ECEA86B64E628F8D684696D", &[]);
        check("ENV AWS_ACCESS_KEY_ID=abc VITE_API_KEY=abc", &[]);
        check("ENV SECRET_KEY_BASE_DUMMY=1 SECRET_KEY_BASE=dummy", &[]);
        check("ARG NPM_TOKEN=changeme", &[]);
        check(
            "ARG REGISTRY_AUTH=required SIGNING_KEY_FINGERPRINT AUTH_TYPE",
            &[],
        );
        // The same names with values that may be secrets.
        check(
            "ENV GPG_KEY=hunter2 API_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D",
            &["GPG_KEY", "API_KEY"],
        );
        check(
            "ARG REGISTRY_AUTH=require-d SIGNING_KEY",
            &["REGISTRY_AUTH", "SIGNING_KEY"],
        );
        check(
            "ENV AWS_SECRET_ACCESS_KEY=abc SECRET_KEY_BASE=abc",
            &["AWS_SECRET_ACCESS_KEY", "SECRET_KEY_BASE"],
        );
        check("ARG NPM_TOKEN", &["NPM_TOKEN"]);
    }

    #[test]
    fn the_text_fits_the_instruction() {
        let help = |text: &str| testing::findings(text)[0].help.clone().unwrap_or_default();
        assert!(
            help("FROM x\nARG TOKEN\nRUN y\n")
                .starts_with("remove it, and put this right after the word RUN")
        );
        assert!(
            help("FROM x\nENV TOKEN=a\nRUN y $TOKEN\n")
                .starts_with("remove it, and put this right after the word RUN")
        );
        assert!(
            help("FROM x\nENV TOKEN=a\nCMD y\n")
                .contains("when the container starts: `docker run --env TOKEN`")
        );
    }

    #[test]
    fn names_that_are_none() {
        check(
            "ARG TOKENS MYPASSWORD DB_PWD AUTHOR keyring a-key x.key PASSWORD_FILE PUBLIC_KEY \
             KEY_VERSION",
            &[],
        );
        check("LABEL token=a", &[]);
    }

    #[test]
    fn global_arguments_are_in_no_layer() {
        assert_eq!(testing::findings("ARG TOKEN\nFROM x\n"), []);
    }

    #[test]
    fn buildkits_own_way_to_skip_it_counts() {
        assert_eq!(
            testing::findings("# check=skip=SecretsUsedInArgOrEnv\nFROM x\nARG TOKEN\n"),
            []
        );
        assert_eq!(
            testing::findings("# check=skip=all\nFROM x\nARG TOKEN\n"),
            []
        );
        assert_eq!(
            testing::findings("# check=skip=StageNameCasing\nFROM x\nARG TOKEN\n").len(),
            1
        );
    }
}
