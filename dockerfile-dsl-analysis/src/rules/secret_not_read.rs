//! `SecretNotRead`: a variable gets the path of a secret, or the text of a command, instead of the secret's value.

use super::steps::{self, RuleStep};
use crate::shell::{Options, Stream};
use crate::unread::unread_in;
use crate::{Finding, Rule};

pub(super) fn check(step: &RuleStep) -> Vec<Finding> {
    let Some(run) = step.run() else {
        return Vec::new();
    };
    let targets: Vec<(&str, &str)> = step
        .secrets()
        .filter_map(|(secret, _)| Some((secret.target.as_deref()?, secret.id.as_str())))
        .collect();
    if targets.is_empty() {
        return Vec::new();
    }
    let shell = step.environment.shell().first();
    let shell = shell.and_then(|path| path.rsplit('/').next());
    let plain = shell.is_some_and(|name| step.environment.is_plain(name));
    let is_path = |text: &str| targets.iter().any(|(target, _)| *target == text);
    let mut findings = Vec::new();
    for text in steps::texts(run) {
        let script = Stream::new(text, &Options::default());
        let found = script.and_then(|mut script| unread_in(&mut script, text, plain, &is_path));
        for unread in found.unwrap_or_default() {
            let written = unread.secret.of(text);
            let (path, id) = *targets
                .iter()
                .find(|(target, _)| written.contains(target))
                .unwrap_or(&targets[0]);
            let span = text.span(unread.span);
            findings.push(Finding {
                secret: Some(id.to_owned()),
                sink: unread.variable.clone(),
                ..step
                    .finding(Rule::SecretNotRead, span, unread.message(id))
                    .with_fix(unread.fix(path, text))
            });
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{super::testing, *};

    #[track_caller]
    fn check(script: &str, expected: &[&str]) {
        testing::check(
            Rule::SecretNotRead,
            &format!("RUN --mount=type=secret,id=tok,required=true {script}"),
            expected,
        );
    }

    #[test]
    fn a_path_where_the_value_is_meant() {
        for script in [
            "NPM_TOKEN=/run/secrets/tok npm ci",
            "export NPM_TOKEN=/run/secrets/tok && npm ci",
            "env NPM_TOKEN=/run/secrets/tok npm ci",
            "AWS_SECRET_ACCESS_KEY=/run/secrets/tok aws s3 ls",
        ] {
            check(script, &["/run/secrets/tok"]);
        }
        check(
            "NPM_TOKEN=\"/run/secrets/tok\" npm ci",
            &["\"/run/secrets/tok\""],
        );
        for script in [
            "NPM_TOKEN=\"$(cat /run/secrets/tok)\" npm ci",
            "TOKEN_FILE=/run/secrets/tok npm ci",
            "GOOGLE_APPLICATION_CREDENTIALS=/run/secrets/tok gcloud x",
            "SIGNING_KEY=/run/secrets/tok sign",
            "NPM_TOKEN=/run/secrets/other npm ci",
            "make TOKEN=/run/secrets/tok",
            "TOKEN=/run/secrets/tok; npm_config__auth=\"$(cat \"$TOKEN\")\" npm ci",
        ] {
            check(script, &[]);
        }
    }

    #[test]
    fn a_redirect_that_a_plain_sh_does_not_read() {
        let reads = "curl -H \"X: $(< /run/secrets/tok)\" https://h.example";
        let check = |base: &str, script: &str, expected: &[&str]| {
            let run = "RUN --mount=type=secret,id=tok,required=true";
            let text = format!("FROM {base}\n{run} {script}\n");
            testing::check_file(Rule::SecretNotRead, &text, expected);
        };
        for base in ["debian", "alpine:3.20", "node:22-slim"] {
            check(base, reads, &["< /run/secrets/tok"]);
        }
        for base in [
            "fedora",
            "acme/base",
            "debian\nSHELL [\"/bin/bash\", \"-c\"]",
        ] {
            check(base, reads, &[]);
        }
        check("debian", "wc -c < /run/secrets/tok", &[]);
    }

    #[test]
    fn a_command_that_single_quotes_keep_from_running() {
        check(
            "export TOKEN='$(cat /run/secrets/tok)'",
            &["'$(cat /run/secrets/tok)'"],
        );
        check(
            "X='`cat /run/secrets/tok`' npm ci",
            &["'`cat /run/secrets/tok`'"],
        );
        for script in [
            "export TOKEN=\"$(cat /run/secrets/tok)\"",
            "X='$(cat /run/secrets/tok)'; eval \"npm_token=$X\"",
            "X='$(cat /run/secrets/tok)' sh -c \"y=$X\"",
            "git -c credential.helper='!f() { echo \"password=$(cat /run/secrets/tok)\"; }; f' \
             pull",
            "X='a $HOME' npm ci",
        ] {
            check(script, &[]);
        }
    }
}
