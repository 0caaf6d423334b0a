//! Decisions of a team for all its Dockerfiles, beside those that are comments in a file.
//!
//! In: trusted programs, public names, levels of rules, and descriptions of programs and base images. Out: the notes and the setting of a
//! check, and the level of each finding. The subcommands of `dockerfile-dsl` read all of it from `dockerfile-dsl.toml`.

use std::collections::BTreeMap;

use crate::bases::Bases;
use crate::check::Setting;
use crate::dockerfile::{Danger, File, Kind, Note};
use crate::finding::{Finding, Rule, Severity};
use crate::programs::Programs;
use crate::rules::Context;
use crate::span::Span;

/// Level of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Not reported.
    Off,
    /// A warning.
    Warning,
    /// An error.
    Error,
}

/// Decisions for all files.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// With the reason of each.
    trusted: Vec<(Danger, String)>,
    names: Vec<String>,
    levels: BTreeMap<Rule, Level>,
    builder_stages: Option<Level>,
    programs: Programs,
    bases: Bases,
}

impl Policy {
    /// Trusts a program, as the script calls it: it does not store the secrets that it gets. `output`: its output does not contain them
    /// either.
    pub fn trust(
        &mut self,
        program: impl Into<String>,
        output: bool,
        reason: impl Into<String>,
    ) -> &mut Self {
        let program = program.into();
        self.trusted
            .push((Danger::Trust { program, output }, reason.into()));
        self
    }

    /// Declares that a build argument or variable of this name is not a secret.
    pub fn allow_name(&mut self, name: impl Into<String>) -> &mut Self {
        self.names.push(name.into());
        self
    }

    /// Sets the level of a rule.
    pub fn level(&mut self, rule: Rule, level: Level) -> &mut Self {
        self.levels.insert(rule, level);
        self
    }

    /// Sets the level of findings in stages outside the final image.
    pub fn builder_stages(&mut self, level: Level) -> &mut Self {
        self.builder_stages = Some(level);
        self
    }

    /// Adds descriptions of programs.
    pub fn describe_programs(&mut self, programs: Programs) -> &mut Self {
        self.programs.extend(programs);
        self
    }

    /// Adds descriptions of base images.
    pub fn describe_bases(&mut self, bases: Bases) -> &mut Self {
        self.bases.extend(bases);
        self
    }

    /// Whether a build argument or variable of this name is declared not to be a secret.
    #[must_use]
    pub fn allows_name(&self, name: &str) -> bool {
        self.names.iter().any(|allowed| allowed == name)
    }

    /// Returns the setting of a check.
    #[must_use]
    pub fn setting<'a>(&'a self, context: &'a Context) -> Setting<'a> {
        Setting {
            context,
            programs: &self.programs,
            bases: &self.bases,
        }
    }

    /// Adds the trusted programs to each RUN, like a comment above it, but without a place.
    pub fn add_notes(&self, file: &mut File) {
        let stages = file.stages.iter_mut();
        for instruction in stages.flat_map(|stage| &mut stage.instructions) {
            if matches!(instruction.kind, Kind::Run(_)) {
                let trusted = self.trusted.iter();
                instruction.notes.extend(trusted.map(|(kind, reason)| Note {
                    kind: kind.clone(),
                    reason: reason.clone(),
                    span: Span::default(),
                }));
            }
        }
    }

    /// Returns a file with a note for each trusted program that a RUN names: the decisions that this file needs.
    #[must_use]
    pub fn noted(&self, file: &File, text: &str) -> File {
        let mut noted = file.clone();
        self.add_notes(&mut noted);
        let stages = noted.stages.iter_mut();
        for instruction in stages.flat_map(|stage| &mut stage.instructions) {
            let Span { start, end } = instruction.span;
            let words = text.get(start..end).unwrap_or_default();
            instruction.notes.retain(|note| match &note.kind {
                Danger::Trust { program, .. } if note.span == Span::default() => {
                    is_named(words, program)
                }
                _ => true,
            });
        }
        noted
    }

    /// Returns a finding with its level; `None` if it is not reported.
    #[must_use]
    pub fn judge(&self, mut finding: Finding) -> Option<Finding> {
        let is_allowed_name =
            finding.rule == Rule::SecretsUsedInArgOrEnv && self.allows_name(&finding.sink);
        // Not every file has to use a program that is trusted here.
        let is_own_note = finding.rule == Rule::UnusedNote && finding.span == Span::default();
        if is_allowed_name || is_own_note {
            return None;
        }
        match self.builder_stages {
            Some(Level::Off) if finding.builder_stage.is_some() => return None,
            Some(Level::Warning) if finding.builder_stage.is_some() => {
                finding.severity = Severity::Warning;
                finding.is_advice = true;
            }
            _ => {}
        }
        match self.levels.get(&finding.rule) {
            Some(Level::Off) => return None,
            Some(Level::Warning) => finding.severity = Severity::Warning,
            Some(Level::Error) => finding.severity = Severity::Error,
            None => {}
        }
        Some(finding)
    }
}

/// Whether a text contains a name, not as a part of a longer one.
fn is_named(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.match_indices(name).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(rule: Rule, sink: &str) -> Finding {
        let mut finding = Finding::new(rule, Span::new(0, 1), "m");
        finding.sink = sink.to_owned();
        finding
    }

    #[test]
    fn levels_are_those_of_the_team() {
        let mut policy = Policy::default();
        policy.level(Rule::SecretNotRequired, Level::Off);
        policy.level(Rule::SecretInLayer, Level::Warning);
        policy.allow_name("A");
        assert_eq!(policy.judge(finding(Rule::SecretNotRequired, "")), None);
        let leak = policy.judge(finding(Rule::SecretInLayer, "")).unwrap();
        assert_eq!(leak.severity, Severity::Warning);
        let named = |name| policy.judge(finding(Rule::SecretsUsedInArgOrEnv, name));
        assert_eq!(named("A"), None);
        assert!(named("B").is_some());
    }

    #[test]
    fn trusted_programs_are_notes_of_each_run_only() {
        let mut file = crate::dockerfile::read("FROM a\nENV A=b\nRUN x\n").unwrap();
        let mut policy = Policy::default();
        policy.trust("x", false, "a reason").add_notes(&mut file);
        let notes = |file: &File, at: usize| file.stages[0].instructions[at].notes.len();
        assert_eq!((notes(&file, 0), notes(&file, 1)), (0, 1));
        let text = "FROM a\nRUN /bin/x a\nRUN xy x.sh\n";
        let noted = policy.noted(&crate::dockerfile::read(text).unwrap(), text);
        assert_eq!((notes(&noted, 0), notes(&noted, 1)), (1, 0));
    }
}
