//! `SecretNotMounted`: a RUN reads `/run/secrets/ID`, and mounts nothing there.

use super::{Step, steps::texts};
use crate::{Finding, Rule, Span};

const DIRECTORY: &str = "/run/secrets/";

pub(super) fn check(step: &Step) -> Vec<Finding> {
    let Some(run) = step.run() else {
        return Vec::new();
    };
    // A mount whose variables are not known may be anywhere.
    if step.mounts.len() < run.mounts.len()
        || run
            .mounts
            .iter()
            .any(super::super::dockerfile::MountFlag::has_variables)
    {
        return Vec::new();
    }
    let targets: Vec<String> = step
        .mounts
        .iter()
        .filter_map(|(mount, _)| mount.target())
        .map(|target| step.environment.absolute(target))
        .collect();
    let is_mounted = |path: &str| {
        targets
            .iter()
            .any(|target| path == target || path.starts_with(&format!("{target}/")))
    };
    let mut findings: Vec<Finding> = Vec::new();
    for text in texts(run) {
        for (at, _) in text.match_indices(DIRECTORY) {
            let before = &text[..at];
            let is_other_path = before.ends_with(|char: char| {
                char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '.' | '/')
            });
            // A file that the script writes there by itself is no secret mount, but the flow's business.
            let is_written = before.trim_end().ends_with('>')
                || before
                    .trim_end_matches([' ', '"', '\''])
                    .ends_with("mkdir -p");
            let id = name(&text[at + DIRECTORY.len()..]);
            let path = format!("{DIRECTORY}{id}");
            let is_known = findings.iter().any(|finding| finding.sink == path);
            if id.is_empty() || is_other_path || is_written || is_known || is_mounted(&path) {
                continue;
            }
            let message =
                format!("`{path}` is not mounted in this RUN, so it does not exist there");
            let span = text.span(Span::new(at, at + path.len()));
            let help = Some(format!(
                "put this after RUN: `--mount=type=secret,id={id},required=true`"
            ));
            let finding = step.finding(Rule::SecretNotMounted, span, message);
            findings.push(Finding {
                secret: Some(id.to_owned()),
                sink: path,
                help,
                ..finding
            });
        }
    }
    findings
}

/// The name at the start of a text, without the dots that end a sentence.
fn name(text: &str) -> &str {
    let end =
        text.find(|char: char| !(char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '.')));
    let word = &text[..end.unwrap_or(text.len())];
    let goes_on = text[word.len()..].starts_with(['$', '*', '?', '[', '{', '%']);
    if goes_on {
        ""
    } else {
        word.trim_end_matches('.')
    }
}

#[cfg(test)]
mod tests {
    use super::{super::testing, *};

    #[track_caller]
    fn check(instructions: &str, expected: &[&str]) {
        testing::check(Rule::SecretNotMounted, instructions, expected);
    }

    #[test]
    fn files_that_nobody_mounts() {
        check("RUN x \"$(cat /run/secrets/tok)\"", &["/run/secrets/tok"]);
        check(
            "RUN --mount=type=secret,id=tok x /run/secrets/tik",
            &["/run/secrets/tik"],
        );
        check(
            "RUN --mount=type=secret,id=tok,env=TOK x /run/secrets/tok",
            &["/run/secrets/tok"],
        );
        check("RUN [\"x\", \"/run/secrets/tok\"]", &["/run/secrets/tok"]);
        check(
            "RUN <<EOF\nx /run/secrets/tok\nx /run/secrets/tok\nEOF",
            &["/run/secrets/tok"],
        );
    }

    #[test]
    fn files_that_are_there() {
        check("RUN --mount=type=secret,id=tok x /run/secrets/tok", &[]);
        check(
            "RUN --mount=type=secret,id=a,target=/run/secrets/tok x /run/secrets/tok",
            &[],
        );
        check("RUN --mount=type=tmpfs,target=/run x /run/secrets/tok", &[]);
        check(
            "ARG I=tok\nRUN --mount=type=secret,id=$I x /run/secrets/tok",
            &[],
        );
        check(
            "RUN x /var/run/secrets/tok && mkdir -p /run/secrets/a && x > /run/secrets/b",
            &[],
        );
        check("RUN x /run/secrets/ /run/secrets/$A /run/secrets/*", &[]);
        check("CMD x /run/secrets/tok", &[]);
    }
}
