//! The question, and the answer under construction.

use std::collections::BTreeSet;

use super::super::quote::{Places, Quote};
use super::super::{Answer, Hole, HoleAnswer, Label, Question};
use crate::domain::{SinkPlace, SourceId, number_of, source_of};
use crate::report::{secret_at, word};
use crate::shell::Script;
use crate::unread::unread;
use crate::{Finding, Rule, Span};

/// The origin of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A hole with this label, by the index of the first hole of its name.
    Hole(usize, Label),
    /// A mount, by its index among the file mounts followed by the variable mounts.
    Mount(usize),
}

/// A finding, and the key of its sink among those of the same command.
pub(super) struct Refusal {
    pub(super) finding: Finding,
    pub(super) place: SinkPlace,
}

/// What a finding rejects: a label of a hole, or a mount with any labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Refused {
    Hole(usize, Label),
    Mount(usize),
}

pub(super) struct Answering<'q, 'a> {
    pub(super) question: &'q Question<'a>,
    /// For each hole the index of the first one with its name.
    pub(super) groups: Vec<usize>,
    pub(super) answer: Answer,
    /// The rejections so far, with their sinks.
    pub(super) reported: BTreeSet<(Refused, Rule, Span, SinkPlace)>,
}

impl<'q, 'a> Answering<'q, 'a> {
    pub(super) fn new(question: &'q Question<'a>, places: &Places) -> Self {
        let first = |hole: &Hole<'_>| {
            question
                .holes
                .iter()
                .position(|other| other.name == hole.name)
                .unwrap_or_default()
        };
        let mut answer = Answer {
            findings: Vec::new(),
            holes: Vec::new(),
            flows: Vec::new(),
        };
        answer.holes = (places.quotes.iter())
            .map(|quote| HoleAnswer {
                quote: *quote,
                refused: Vec::new(),
            })
            .collect();
        for span in &places.literal_paths {
            let path = span.of(question.text);
            answer.findings.push(Finding {
                sink: path.to_owned(),
                help: Some(secret_at(path)),
                ..Finding::new(
                    Rule::LiteralSecretPath,
                    *span,
                    format!("`{path}` spells out where a secret is mounted"),
                )
            });
        }
        let mut answering = Self {
            question,
            groups: question.holes.iter().map(first).collect(),
            answer,
            reported: BTreeSet::new(),
        };
        for (index, hole) in question.holes.iter().enumerate() {
            if places.quotes.get(index) == Some(&Quote::Refused) {
                let refusal = unquotable(hole, "no quoting keeps it one word in this place");
                answering.refuse_label(index, Label::Public, &refusal);
            }
        }
        answering
    }

    /// Rejects the file of a secret if a variable gets its path instead of its value.
    pub(super) fn unread(&mut self, script: &Script) {
        let mounts = self.question.file_mounts;
        let is_path = |text: &str| mounts.iter().any(|(_, target)| *target == text);
        let plain = self.question.has_plain_sh();
        for unread in unread(&script.list, self.question.text, plain, &is_path) {
            let written = unread.secret.of(self.question.text);
            let finding = |secret: &str, path: &str| Finding {
                secret: Some(secret.to_owned()),
                sink: unread.variable.clone(),
                help: Some(unread.fix(path, self.question.text).to_string()),
                ..Finding::new(Rule::SecretNotRead, unread.span, unread.message(secret))
            };
            match unread.hole {
                Some(hole) => {
                    let finding = finding(self.question.holes[hole].name, written);
                    self.answer.holes[hole]
                        .refused
                        .push((Label::SecretFile, finding));
                }
                None => {
                    let mount = mounts.iter().find(|(_, target)| written.contains(target));
                    let finding = mount.map(|(id, target)| finding(id, target));
                    self.answer.findings.extend(finding);
                }
            }
        }
    }

    pub(super) fn source(&self, origin: Origin) -> SourceId {
        let number = match origin {
            Origin::Hole(group, Label::SecretFile) => 2 * group,
            Origin::Hole(group, _) => 2 * group + 1,
            Origin::Mount(index) => 2 * self.question.holes.len() + index,
        };
        source_of(number)
    }

    pub(super) fn origin(&self, source: SourceId) -> Origin {
        let number = number_of(source);
        let holes = self.question.holes.len();
        match (number < 2 * holes, number % 2) {
            (true, 0) => Origin::Hole(number / 2, Label::SecretFile),
            (true, _) => Origin::Hole(number / 2, Label::SecretValue),
            (false, _) => Origin::Mount(number - 2 * holes),
        }
    }
}

/// Rejects a public value at a place without safe quoting.
pub(super) fn unquotable(hole: &Hole<'_>, why: &str) -> Refusal {
    let name = hole.name;
    let finding = Finding {
        secret: Some(name.to_owned()),
        help: Some(word(name)),
        ..Finding::new(
            Rule::UnquotableValue,
            hole.span,
            format!("`{name}` cannot be arbitrary text here: {why}"),
        )
    };
    let place = SinkPlace::Named(String::new());
    Refusal { finding, place }
}
