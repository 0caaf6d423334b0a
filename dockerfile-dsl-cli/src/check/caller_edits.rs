//! Fixes in the files that start builds, as edits.
//!
//! In: the text of such a file, and a finding in it. Out: edits where the text has one repair: the id of a secret, a flag of a command, an
//! entry of a bake file, the secrets of a called workflow. All of them are for review: which variable has a value is a guess.

use dockerfile_dsl_analysis::edits::{Applicability, Edit, Repair};
use dockerfile_dsl_analysis::{Finding, Rule, Span};

use super::kind::FrontEnd;

/// Programs with `--secret` in the syntax of `docker build`.
const PROGRAMS: [&str; 4] = ["docker", "podman", "nerdctl", "buildah"];

/// Returns the fix of one of the findings of a text.
pub(super) fn repair(
    text: &str,
    front_end: FrontEnd,
    findings: &[Finding],
    finding: &Finding,
) -> Option<Repair> {
    let place = text.get(finding.span.start..finding.span.end)?;
    let edits = match finding.rule {
        Rule::MountedSecretNotPassed if !finding.sink.is_empty() => {
            let id = finding.secret.as_deref()?;
            renamed(text, front_end, finding.span, &finding.sink, id)?
        }
        Rule::MountedSecretNotPassed => {
            // The value comes as a build argument: that becomes the secret.
            let is_argument = |other: &Finding| {
                other.rule == Rule::SecretInBuildArg && finding.secret.as_ref() == Some(&other.sink)
            };
            if findings.iter().any(is_argument) {
                return None;
            }
            let flag = finding.help.as_deref()?.strip_prefix("add `")?;
            let flag = flag
                .strip_suffix('`')
                .filter(|flag| flag.starts_with("--secret "))?;
            let at = finding.span.start + after_build(place)?;
            vec![Edit::insert(at, format!(" {flag}"))]
        }
        Rule::SecretInBuildArg => {
            let name = finding.sink.as_str();
            let is_missing = |other: &Finding| {
                other.rule == Rule::MountedSecretNotPassed && other.secret.as_deref() == Some(name)
            };
            // The Dockerfile has to mount it already.
            let is_mounted = findings.iter().any(is_missing);
            let variable = variable_of(place, name).filter(|_| is_mounted)?;
            let flag = format!("--secret id={name},env={variable}");
            let before = text.get(..finding.span.start)?.trim_end_matches(['=', ' ']);
            let start = before.strip_suffix("--build-arg")?.len();
            vec![Edit::new(Span::new(start, finding.span.end), flag)]
        }
        Rule::IgnoredSecretOption => {
            let entry = finding.help.as_deref()?.strip_prefix("write `")?;
            let entry = entry
                .strip_suffix('`')
                .filter(|entry| entry.starts_with('{'))?;
            vec![Edit::new(
                braces_around(text, finding.span)?,
                entry.to_owned(),
            )]
        }
        Rule::SecretNotInherited => vec![inherited(text, finding.span)?],
        _ => return None,
    };
    let mut repair = Repair::new(Applicability::Unsafe, edits);
    repair.title = finding.help.clone().unwrap_or_default();
    Some(repair)
}

/// Replaces the id where it is passed; in a compose file also where it is declared.
fn renamed(text: &str, front_end: FrontEnd, span: Span, old: &str, new: &str) -> Option<Vec<Edit>> {
    let edit = |at: usize| Edit::new(Span::new(at, at + old.len()), new.to_owned());
    if front_end != FrontEnd::Compose {
        let mut places = text.get(span.start..span.end)?.match_indices(old);
        let (at, _) = places.next()?;
        return places.next().is_none().then(|| vec![edit(span.start + at)]);
    }
    let mut start = 0;
    let mut edits = Vec::new();
    for line in text.split_inclusive('\n') {
        let entry = line.trim_start_matches([' ', '-']);
        let rest = entry.strip_prefix(old).map(str::trim_start);
        if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '#'])) {
            edits.push(edit(start + line.len() - entry.len()));
        }
        start += line.len();
    }
    (!edits.is_empty()).then_some(edits)
}

/// Returns the offset after the word `build` of a command.
fn after_build(command: &str) -> Option<usize> {
    let mut words = command.split_whitespace();
    let program = words.next()?.rsplit('/').next()?;
    let word = words.find(|word| matches!(*word, "build" | "bud"))?;
    PROGRAMS
        .contains(&program)
        .then(|| word.as_ptr() as usize - command.as_ptr() as usize + word.len())
}

/// Returns the variable whose value the word `NAME=VALUE` passes.
fn variable_of<'a>(word: &'a str, name: &str) -> Option<&'a str> {
    let rest = word.trim_matches('"').strip_prefix(name)?;
    let value = match rest.strip_prefix('=') {
        // Docker takes the variable of the same name.
        None if rest.is_empty() => return word.get(word.len() - name.len()..),
        value => value?.trim_start_matches('"'),
    };
    let variable = value.strip_prefix('$')?;
    let variable = match variable.strip_prefix('{') {
        Some(inner) => inner.strip_suffix('}')?,
        None => variable,
    };
    let is_name = |c: char| c == '_' || c.is_ascii_alphanumeric();
    (!variable.is_empty() && variable.chars().all(is_name)).then_some(variable)
}

/// Returns the object of HCL that contains a span.
fn braces_around(text: &str, span: Span) -> Option<Span> {
    let start = text.get(..span.start)?.rfind('{')?;
    let end = span.end + text.get(span.end..)?.find('}')? + 1;
    let is_one = !text.get(start + 1..end - 1)?.contains(['{', '}']);
    is_one.then(|| Span::new(start, end))
}

/// Inserts `secrets: inherit` below the `uses` of a job.
fn inherited(text: &str, uses: Span) -> Option<Edit> {
    let start = text.get(..uses.start)?.rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(start..)?.split_inclusive('\n').next()?;
    let indent = &line[..line.len() - line.trim_start().len()];
    let end = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
    line.trim_start().starts_with("uses:").then(|| {
        let added = format!("{indent}secrets: inherit{end}");
        if line.ends_with('\n') {
            Edit::insert(start + line.len(), added)
        } else {
            Edit::insert(start + line.len(), format!("{end}{}", added.trim_end()))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_after_which_a_flag_stands() {
        assert_eq!(after_build("docker build \\\n"), Some(12));
        assert_eq!(after_build("docker buildx build ."), Some(19));
        assert_eq!(after_build("/usr/bin/buildah bud ."), Some(20));
        assert_eq!(after_build("make build"), None);
        assert_eq!(after_build("docker compose up"), None);
    }

    #[test]
    fn variables_of_build_arguments() {
        assert_eq!(variable_of("T=\"$TOK\"", "T"), Some("TOK"));
        assert_eq!(variable_of("\"T=${TOK}\"", "T"), Some("TOK"));
        assert_eq!(variable_of("T=$TOK", "T"), Some("TOK"));
        assert_eq!(variable_of("T", "T"), Some("T"));
        for other in ["T=x", "T=$(cat x)", "T=$A-$B", "T='$A'", "TT=$A"] {
            assert_eq!(variable_of(other, "T"), None, "{other}");
        }
    }

    #[test]
    fn entry_of_a_bake_file() {
        let text = "s = [{ a = 1 }, { type = 2 }]";
        let at = text.find("type").expect("is there");
        let span = braces_around(text, Span::new(at, at + 4)).expect("is found");
        assert_eq!(&text[span.start..span.end], "{ type = 2 }");
    }

    #[test]
    fn secrets_are_inherited_below_uses() {
        for (text, expected) in [
            (
                "j:\n  uses: ./a\nx",
                "j:\n  uses: ./a\n  secrets: inherit\nx",
            ),
            (
                "j:\r\n  uses: ./a\r\n",
                "j:\r\n  uses: ./a\r\n  secrets: inherit\r\n",
            ),
            ("j:\n  uses: ./a", "j:\n  uses: ./a\n  secrets: inherit"),
        ] {
            let at = text.find("./a").expect("is there");
            let edit = inherited(text, Span::new(at, at + 3)).expect("is found");
            let after = dockerfile_dsl_analysis::edits::apply(text, &[edit]);
            assert_eq!(after.as_deref(), Some(expected));
        }
    }
}
