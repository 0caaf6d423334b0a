//! `SecretNotMounted`: a RUN reads `/run/secrets/ID` without a mount there.

use super::steps::RuleStep;
use super::steps::texts;
use crate::dockerfile::{File, Kind, Mount, SourceText};
use crate::report::Fix;
use crate::{Finding, Rule, Span, suggest};

const DIRECTORY: &str = "/run/secrets/";

pub(super) fn check(file: &File, step: &RuleStep) -> Vec<Finding> {
    let Some(run) = step.run() else {
        return Vec::new();
    };
    // A mount with unknown variables may be anywhere.
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
    let secrets: Vec<String> = step
        .secrets()
        .filter_map(|(secret, _)| secret.target.as_deref())
        .map(|target| step.environment.absolute(target))
        .filter(|target| !texts(run).iter().any(|text| text.contains(target.as_str())))
        .collect();
    let mut findings = misspelt(step, &texts(run), &secrets);
    for text in texts(run) {
        for (at, _) in text.match_indices(DIRECTORY) {
            let before = &text[..at];
            let is_other_path = before.ends_with(|char: char| {
                char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '.' | '/')
            });
            // A file that the script itself writes there is not a secret mount; the flow analysis covers it.
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
            if is_copied(file, step, &path) {
                continue;
            }
            if is_kept_for_later(text, at) && is_mounted_later(file, step, &path) {
                continue;
            }
            let near = nearest(&path, &secrets);
            let message =
                format!("`{path}` is not mounted in this RUN, so it does not exist there");
            let span = text.span(Span::new(at, at + path.len()));
            let fix = match near {
                Some(near) => instead(&path, near, true),
                None => Fix::MountHere {
                    id: id.to_owned(),
                    mount: format!("--mount=type=secret,id={id},required=true"),
                },
            };
            let finding = step.finding(Rule::SecretNotMounted, span, message);
            findings.push(Finding {
                secret: Some(id.to_owned()),
                sink: path,
                ..finding.with_fix(fix)
            });
        }
    }
    findings
}

/// Returns the mounted secret that the author probably meant by a path without a mount.
fn nearest<'a>(path: &str, targets: &'a [String]) -> Option<&'a str> {
    let limit = |target: &str| {
        if target.rsplit('/').next().unwrap_or_default().len() > 3 {
            2
        } else {
            1
        }
    };
    targets
        .iter()
        .map(String::as_str)
        .find(|target| (1..=limit(target)).contains(&suggest::distance(path, target)))
}

/// Reports misspelt paths of mounted secrets that the script does not use otherwise: `/run/secret/tok`.
fn misspelt(step: &RuleStep, texts: &[&SourceText], secrets: &[String]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let is_path = |char: char| char.is_ascii_alphanumeric() || "/_.-".contains(char);
    for text in texts.iter().filter(|_| !secrets.is_empty()) {
        let mut at = 0;
        for word in text.split(|char: char| !is_path(char)) {
            let start = text[at..].find(word).map_or(at, |found| at + found);
            at = start + word.len();
            if !word.starts_with('/')
                || word.starts_with(DIRECTORY)
                || text[..start].trim_end().ends_with('>')
            {
                continue;
            }
            if let Some(near) = nearest(word, secrets)
                && findings.iter().all(|known| known.sink != word)
            {
                let message = format!(
                    "`{word}` is not there: the secret is mounted at `{near}`, did you mean that?"
                );
                let span = text.span(Span::new(start, at));
                findings.push(Finding {
                    sink: word.to_owned(),
                    ..step
                        .finding(Rule::SecretNotMounted, span, message)
                        .with_fix(instead(word, near, false))
                });
            }
        }
    }
    findings
}

fn instead(old: &str, new: &str, is_mount: bool) -> Fix {
    Fix::Instead {
        old: old.to_owned(),
        new: new.to_owned(),
        is_mount,
    }
}

/// Whether the path is in text that this RUN only stores: a quoted credential helper, a script in a here-document.
fn is_kept_for_later(text: &str, at: usize) -> bool {
    let before = &text[..at];
    let in_escaped = before
        .rfind("$(")
        .is_some_and(|start| before[..start].ends_with('\\') && !before[start..].contains(')'));
    in_escaped || in_single_quotes(before) || in_written_document(before)
}

fn in_single_quotes(before: &str) -> bool {
    let (mut quote, mut opened) = (None, 0);
    let mut chars = before.char_indices();
    while let Some((at, char)) = chars.next() {
        match (quote, char) {
            (None | Some('"'), '\\') => drop(chars.next()),
            (None, '"' | '\'') => (quote, opened) = (Some(char), at),
            (Some(open), char) if open == char => quote = None,
            _ => {}
        }
    }
    // Text that is passed to a shell runs at once.
    let is_run = ["-c", "eval", "-ec", "-xc"]
        .iter()
        .any(|word| before[..opened].trim_end().ends_with(word));
    quote == Some('\'') && !is_run
}

fn in_written_document(before: &str) -> bool {
    let mut end: Option<&str> = None;
    for line in before.lines() {
        if let Some(name) = end {
            if line.trim() == name {
                end = None;
            }
        } else if let Some((_, after)) = line.split_once("<<")
            && (line.contains(" >") || line.contains("tee "))
        {
            let name = after.trim_start_matches(['-', ' ', '\'', '"', '\\']);
            let length = name
                .find(|char: char| !(char.is_ascii_alphanumeric() || char == '_'))
                .unwrap_or(name.len());
            end = Some(&name[..length]).filter(|name| !name.is_empty());
        }
    }
    end.is_some()
}

/// Whether a COPY or ADD before this RUN creates the file.
fn is_copied(file: &File, step: &RuleStep, path: &str) -> bool {
    let own = file.stages[step.stage].instructions.iter();
    let own = own.take(step.index.unwrap_or(usize::MAX));
    let earlier = file.stages[..step.stage]
        .iter()
        .flat_map(|stage| &stage.instructions);
    own.chain(earlier).any(|instruction| {
        let (Kind::Copy(transfer) | Kind::Add(transfer)) = &instruction.kind else {
            return false;
        };
        let destination = transfer.destination.trim_end_matches('/');
        path == destination
            || (path.strip_prefix(destination)).is_some_and(|rest| rest.starts_with('/'))
    })
}

/// Whether a later RUN of this stage, or of one that may be based on it, mounts a secret there.
fn is_mounted_later(file: &File, step: &RuleStep, path: &str) -> bool {
    let own = file.stages[step.stage].instructions.iter();
    let own = own.skip(step.index.map_or(0, |index| index + 1));
    let others = file.stages[step.stage + 1..]
        .iter()
        .flat_map(|stage| &stage.instructions);
    own.chain(others).any(|instruction| {
        let Kind::Run(run) = &instruction.kind else {
            return false;
        };
        run.mounts.iter().any(|flag| {
            let mount = flag.resolve(file.escape, &|_| None);
            matches!(mount, Ok(Mount::Secret(secret)) if secret.target.as_deref() == Some(path))
        })
    })
}

/// Returns the name at the start of a text, without the dots that end a sentence.
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
    fn files_that_no_mount_has() {
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
    fn a_helper_that_is_configured_for_later_is_right() {
        let later = "RUN --mount=type=secret,id=tok git clone https://github.com/a/b";
        for helper in [
            "RUN git config --global credential.helper '!f() { echo \"password=$(cat \
             /run/secrets/tok)\"; }; f'",
            "RUN git config --global credential.helper \"!f() { echo password=\\$(cat \
             /run/secrets/tok); }; f\"",
            "RUN cat <<'EOF' > /askpass\n#!/bin/sh\ncat /run/secrets/tok\nEOF",
        ] {
            check(&format!("{helper}\n{later}"), &[]);
            // Nothing mounts it later, or something else is mounted.
            check(helper, &["/run/secrets/tok"]);
            check(
                &format!("{helper}\n{}", later.replace("tok", "tik")),
                &["/run/secrets/tok"],
            );
        }
        // A command that runs at once needs its mount at once.
        for now in [
            "RUN x \"$(cat /run/secrets/tok)\"",
            "RUN sh -c 'cat /run/secrets/tok'",
        ] {
            check(&format!("{now}\n{later}"), &["/run/secrets/tok"]);
        }
    }

    #[test]
    fn a_copied_file_is_there() {
        check(
            "COPY tok /run/secrets/tok\nRUN x \"$(cat /run/secrets/tok)\"",
            &[],
        );
        check(
            "COPY tok /run/secrets/\nRUN x \"$(cat /run/secrets/tok)\"",
            &[],
        );
        // Another file, or too late.
        check(
            "COPY tok /run/secrets/tik\nRUN x /run/secrets/tok",
            &["/run/secrets/tok"],
        );
        check(
            "RUN x /run/secrets/tok\nCOPY tok /run/secrets/tok",
            &["/run/secrets/tok"],
        );
    }

    #[test]
    fn a_path_that_is_nearly_right() {
        let mount = "RUN --mount=type=secret,id=the_secret";
        check(
            &format!("{mount} cat /run/secret/the_secret"),
            &["/run/secret/the_secret"],
        );
        check(
            &format!("{mount} cat /run/secrets/the-secret"),
            &["/run/secrets/the-secret"],
        );
        let told = testing::findings(&format!("FROM x\n{mount} cat /run/secret/the_secret\n"));
        assert!(
            told.iter()
                .any(|finding| finding.message.contains("did you mean")),
            "{told:?}"
        );
        // The path is used otherwise, or the path is a different one.
        check(
            &format!("{mount} cp /run/secrets/the_secret /run/secret/the_secret"),
            &[],
        );
        check(&format!("{mount} cat /etc/the_secret"), &[]);
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
