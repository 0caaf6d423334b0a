//! Fixes in the files that start builds, as edits.
//!
//! In: the text of such a file, its tree, and its findings. Out: edits where the text has one repair: the id of a secret, a flag of a
//! command, an input of an action, an entry of a compose or bake file, the secrets of a called workflow. All of them are for review: which
//! variable has a value is a guess. Where the text cannot be edited so that every other byte stays, the finding says why.

use std::collections::BTreeSet;

use dockerfile_dsl_analysis::edits::{Applicability, Edit, Repair};
use dockerfile_dsl_analysis::{Finding, Rule, Span};

mod action;
mod bake;
mod compose;
mod kept;
mod lines;
mod units;

use super::callers::build_action::comma_records;
use super::callers::model::Callers;
use super::kind::FrontEnd;
use action::{Change, Step};
pub(super) use kept::keeps_the_rest;
use units::{Kind, Unit};

/// Programs with `--secret` in the syntax of `docker build`.
const PROGRAMS: [&str; 4] = ["docker", "podman", "nerdctl", "buildah"];

/// The fixes of the findings of a file.
#[derive(Debug, Default)]
pub(super) struct Repairs(Vec<(Span, Rule, String, Repair)>);

impl Repairs {
    /// Returns the fix of a finding.
    pub(super) fn of(&self, finding: &Finding) -> Option<&Repair> {
        let found = self
            .0
            .binary_search_by(|(span, rule, message, _)| {
                let key = (*span, *rule, message.as_str());
                key.cmp(&(finding.span, finding.rule, finding.message.as_str()))
            })
            .ok()?;
        self.0.get(found).map(|(.., repair)| repair)
    }
}

/// Returns the fixes, and adds to the help of a finding why its place is not edited.
pub(super) fn repairs(
    text: &str,
    front_end: FrontEnd,
    callers: &Callers,
    findings: &mut [Finding],
) -> Repairs {
    let place = File::new(text, front_end, callers, findings);
    let changes: Vec<_> = findings
        .iter()
        .map(|finding| place.change(finding))
        .collect();
    let mut repairs = Vec::new();
    for (finding, change) in findings.iter_mut().zip(changes) {
        match change {
            Ok((title, edits)) => {
                let mut repair = Repair::new(Applicability::Unsafe, edits);
                repair.title = title;
                repairs.push((finding.span, finding.rule, finding.message.clone(), repair));
            }
            Err(Some(why)) => {
                let help = finding.help.get_or_insert_default();
                *help += &format!("; --unsafe-fixes leaves this to you: {why}");
            }
            Err(None) => {}
        }
    }
    repairs.sort_by(|a, b| (a.0, a.1, &a.2).cmp(&(b.0, b.1, &b.2)));
    Repairs(repairs)
}

/// A file and what is found in it.
struct File<'a> {
    text: &'a str,
    front_end: FrontEnd,
    units: Vec<Unit<'a>>,
    is_one_document: bool,
    /// The secrets that are missing, each with the start of its unit, or of its file.
    missing: BTreeSet<(usize, String)>,
    /// The build arguments with secrets, likewise, and the ids that a comma hides in the record of another one.
    arguments: BTreeSet<(usize, String)>,
}

impl<'a> File<'a> {
    fn new(text: &'a str, front_end: FrontEnd, callers: &'a Callers, findings: &[Finding]) -> Self {
        let mut file = Self {
            text,
            front_end,
            units: units::of(front_end, &callers.documents),
            is_one_document: callers.documents.len() == 1,
            missing: BTreeSet::new(),
            arguments: BTreeSet::new(),
        };
        for finding in findings {
            let start = file.unit(finding.span).map_or(0, |unit| unit.span.start);
            match (finding.rule, &finding.secret) {
                (Rule::MountedSecretNotPassed, Some(id)) => {
                    file.missing.insert((start, id.clone()));
                }
                (Rule::InlineSecretValue, _) => {
                    let records = comma_records(finding.span.of(text)).unwrap_or_default();
                    let ids = records.iter().filter_map(|record| record.split_once('='));
                    file.arguments
                        .extend(ids.map(|(id, _)| (start, id.trim().to_owned())));
                }
                (Rule::SecretInBuildArg, _) => {
                    file.arguments.insert((start, finding.sink.clone()));
                }
                _ => {}
            }
        }
        file
    }

    /// Returns the unit that is edited as a tree: a script is edited as a text.
    fn unit(&self, span: Span) -> Option<&Unit<'a>> {
        let unit = units::at(&self.units, span)?;
        let is_step = matches!(unit.kind, Kind::Step | Kind::CompositeStep);
        (!is_step || Step::of(self.text, unit).is_some()).then_some(unit)
    }

    /// Returns what repairs a finding, or why it cannot be written.
    fn change(&self, finding: &Finding) -> Result<Change, Option<&'static str>> {
        let unit = self.unit(finding.span);
        let start = unit.map_or(0, |unit| unit.span.start);
        match finding.rule {
            Rule::MountedSecretNotPassed if finding.sink.is_empty() => {
                let id = finding.secret.clone().ok_or(None)?;
                // The value comes as a build argument, or in another record: that becomes the secret.
                if self.arguments.contains(&(start, id)) {
                    return Err(None);
                }
            }
            // The Dockerfile has to mount it already.
            Rule::SecretInBuildArg if !self.missing.contains(&(start, finding.sink.clone())) => {
                return Err(None);
            }
            _ => {}
        }
        match unit {
            Some(unit) => self.in_unit(unit, finding),
            None => self.in_text(finding).ok_or(None),
        }
    }

    fn in_unit(&self, unit: &Unit<'a>, finding: &Finding) -> Result<Change, Option<&'static str>> {
        let (span, old) = (finding.span, finding.sink.as_str());
        let id = finding.secret.as_deref().unwrap_or_default();
        let is_edited = matches!(
            finding.rule,
            Rule::MountedSecretNotPassed | Rule::SecretInBuildArg | Rule::InlineSecretValue
        );
        if is_edited && unit.is_shared {
            return Err(Some(lines::SHARED));
        }
        let change = match (unit.kind, finding.rule) {
            (Kind::Step | Kind::CompositeStep, rule) => {
                let step = Step::of(self.text, unit).ok_or(None)?;
                match rule {
                    Rule::MountedSecretNotPassed if old.is_empty() => step.missing(id),
                    Rule::MountedSecretNotPassed => step.renamed(span, old, id),
                    Rule::SecretInBuildArg => step.argument(span, old),
                    Rule::InlineSecretValue => step.inline(span, id),
                    _ => return Err(None),
                }
            }
            (Kind::Service, Rule::MountedSecretNotPassed | Rule::SecretInBuildArg)
                if !self.is_one_document =>
            {
                Err("the file has several documents")
            }
            (Kind::Target, Rule::MountedSecretNotPassed | Rule::SecretInBuildArg)
                if old.is_empty() && self.text.trim_start().starts_with('{') =>
            {
                Err("it is JSON")
            }
            (Kind::Service, Rule::MountedSecretNotPassed) if old.is_empty() => {
                compose::missing(self.text, unit, id)
            }
            (Kind::Service, Rule::SecretInBuildArg) => {
                compose::argument(self.text, unit, span, old)
            }
            (Kind::Target, Rule::MountedSecretNotPassed) if old.is_empty() => {
                let variable = action::variable(id);
                bake::missing(self.text, unit, id, &variable)
            }
            (Kind::Target, Rule::SecretInBuildArg) if self.text.trim_start().starts_with('{') => {
                Err("it is JSON")
            }
            (Kind::Target, Rule::SecretInBuildArg) => bake::argument(self.text, unit, span, old),
            _ => return self.in_text(finding).ok_or(None),
        };
        change.map_err(Some)
    }

    /// Returns the edits of a command, or of an entry by its text.
    fn in_text(&self, finding: &Finding) -> Option<Change> {
        let text = self.text;
        let place = text.get(finding.span.start..finding.span.end)?;
        let edits = match finding.rule {
            Rule::MountedSecretNotPassed if !finding.sink.is_empty() => {
                let id = finding.secret.as_deref()?;
                renamed(text, self.front_end, finding.span, &finding.sink, id)?
            }
            Rule::MountedSecretNotPassed => {
                let flag = finding.help.as_deref()?.strip_prefix("add `")?;
                let flag = flag
                    .strip_suffix('`')
                    .filter(|flag| flag.starts_with("--secret "))?;
                let at = finding.span.start + after_build(place)?;
                vec![Edit::insert(at, format!(" {flag}"))]
            }
            Rule::SecretInBuildArg => {
                let name = finding.sink.as_str();
                let variable = variable_of(place, name, self.front_end)?;
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
        Some((finding.help.clone().unwrap_or_default(), edits))
    }
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

/// Returns the variable of the environment whose value the word `NAME=VALUE` passes.
fn variable_of<'a>(word: &'a str, name: &str, front_end: FrontEnd) -> Option<&'a str> {
    let rest = word.trim_matches('"').strip_prefix(name)?;
    let value = match rest.strip_prefix('=') {
        // Docker takes the variable of the same name.
        None if rest.is_empty() => return word.get(word.len() - name.len()..),
        value => value?.trim_start_matches('"'),
    };
    let mut variable = value.strip_prefix('$')?;
    if front_end == FrontEnd::Makefile {
        // `$` is that of make, whose variables need not be in the environment.
        variable = variable.strip_prefix('$')?;
    }
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
        let script = |word| variable_of(word, "T", FrontEnd::Script);
        assert_eq!(script("T=\"$TOK\""), Some("TOK"));
        assert_eq!(script("\"T=${TOK}\""), Some("TOK"));
        assert_eq!(script("T=$TOK"), Some("TOK"));
        assert_eq!(script("T"), Some("T"));
        for other in ["T=x", "T=$(cat x)", "T=$A-$B", "T='$A'", "TT=$A", "T=$$A"] {
            assert_eq!(script(other), None, "{other}");
        }
        let makefile = |word| variable_of(word, "T", FrontEnd::Makefile);
        assert_eq!(makefile("T=\"$$TOK\""), Some("TOK"));
        assert_eq!(makefile("T=$${TOK}"), Some("TOK"));
        assert_eq!(makefile("T"), Some("T"));
        for other in ["T=$(TOK)", "T=${TOK}", "T=$T"] {
            assert_eq!(makefile(other), None, "{other}");
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
