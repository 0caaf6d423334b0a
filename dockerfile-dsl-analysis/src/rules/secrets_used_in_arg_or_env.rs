//! `SecretsUsedInArgOrEnv`: BuildKit's rule of that name, with its words and its exceptions.

use super::Step;
use crate::{
    Finding, Rule, Severity, Span,
    dockerfile::{File, Kind, Pair, SourceText},
};

const SECRET_WORDS: [&str; 10] = [
    "apikey",
    "auth",
    "credential",
    "credentials",
    "key",
    "password",
    "pword",
    "passwd",
    "secret",
    "token",
];
const PUBLIC_WORDS: [&str; 3] = ["public", "file", "version"];

pub(super) fn check(file: &File, step: &Step) -> Vec<Finding> {
    let is_skipped = |rule: &String| rule == "all" || rule == Rule::SecretsUsedInArgOrEnv.name();
    // BuildKit does not look at global ARGs: they are in no layer and no history.
    if step.is_global || file.skipped_checks.iter().any(is_skipped) {
        return Vec::new();
    }
    let (instruction, names): (_, Vec<(&SourceText, Severity)>) = match &step.instruction.kind {
        Kind::Arg(arguments) => (
            "ARG",
            arguments
                .iter()
                .map(|argument| (&argument.name, Severity::Error))
                .collect(),
        ),
        Kind::Env(pairs) => (
            "ENV",
            pairs
                .iter()
                .map(|pair| (&pair.key, severity(step, pair)))
                .collect(),
        ),
        _ => return Vec::new(),
    };
    let findings = names
        .into_iter()
        .filter(|(name, _)| is_secret_name(name))
        .map(|(name, severity)| {
            let message = format!(
                "`{instruction} {name}` is kept in the image config or history, and its name is \
                 that of a secret"
            );
            let span: Span = name.whole();
            Finding {
                severity,
                sink: name.to_string(),
                help: Some(format!(
                    "remove it, and put this after the RUN that needs it: \
                     `--mount=type=secret,id={name},env={name},required=true`"
                )),
                ..step.finding(Rule::SecretsUsedInArgOrEnv, span, message)
            }
        });
    findings.collect()
}

/// Under the name of a secret, what is plainly none is a warning: nothing, a path, or a command (ENV runs none).
fn severity(step: &Step, pair: &Pair) -> Severity {
    let is_none = |value: &str| {
        value.is_empty()
            || value.starts_with(['/', '~'])
            || value.contains("$(")
            || value.contains('`')
    };
    match step.environment.expand(&pair.value) {
        Ok(value)
            if is_none(&value) && !pair.value.starts_with('$') && !pair.value.contains("${") =>
        {
            Severity::Warning
        }
        _ => Severity::Error,
    }
}

/// Whether a name holds one of the words that mean a secret, and none that mean it is public.
#[must_use]
fn is_secret_name(name: &str) -> bool {
    let has = |words: &[&str]| {
        name.split('_')
            .any(|part| words.iter().any(|word| part.eq_ignore_ascii_case(word)))
    };
    has(&SECRET_WORDS) && !has(&PUBLIC_WORDS)
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
    fn what_is_plainly_no_secret_is_a_warning() {
        let severity =
            |value| testing::severity(Rule::SecretsUsedInArgOrEnv, &format!("ENV TOKEN={value}"));
        for value in [
            "",
            "\"\"",
            "/run/secrets/tok",
            "\"\\$(cat /run/secrets/tok)\"",
        ] {
            assert_eq!(severity(value), Some(Severity::Warning), "{value}");
        }
        for value in ["abc", "$A", "\"${A}\"", "'a b'"] {
            assert_eq!(severity(value), Some(Severity::Error), "{value}");
        }
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
