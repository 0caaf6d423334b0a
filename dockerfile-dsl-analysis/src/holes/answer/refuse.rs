//! Refuses labels: where a source may not come at all, and where it may not come while another hole has a label.

use std::rc::Rc;

use super::super::{FlowAnswer, Hole, Label};
use super::{Answering, Origin};
use crate::check::tell::{help, steps};
use crate::flow::{Source, Way};
use crate::{Finding, Rule, Span};

impl Answering<'_, '_> {
    /// The source may not come here at all.
    pub(super) fn refuse(&mut self, source: Source, way: &Rc<Way>, finding: Finding) {
        match self.origin(source) {
            Origin::Hole(group, label) => {
                let hole = self.from(group, way);
                push(&mut self.answer.holes[hole].refused, label, finding.clone());
            }
            Origin::Mount(_) => {
                if !self.answer.findings.iter().any(|known| {
                    known.rule == finding.rule
                        && known.span == finding.span
                        && known.secret == finding.secret
                }) {
                    self.answer.findings.push(finding);
                }
            }
        }
    }

    /// The source may not come here while that hole has one of these labels.
    pub(super) fn refuse_at(
        &mut self,
        source: Source,
        way: &Rc<Way>,
        to: usize,
        labels: &[Label],
        finding: Finding,
    ) {
        match self.origin(source) {
            Origin::Mount(_) => {
                for label in labels.iter().filter(|label| !label.is_secret()) {
                    push(&mut self.answer.holes[to].refused, *label, finding.clone());
                }
            }
            // A value that is a secret is no public one.
            Origin::Hole(group, _) if group == self.groups[to] => {}
            Origin::Hole(group, own) => {
                let from = self.from(group, way);
                let flows = &mut self.answer.flows;
                let index = match flows
                    .iter()
                    .position(|flow| flow.from == from && flow.to == to)
                {
                    Some(index) => index,
                    None => {
                        flows.push(FlowAnswer {
                            from,
                            to,
                            refused: Vec::new(),
                        });
                        flows.len() - 1
                    }
                };
                for label in labels {
                    let refused = &mut flows[index].refused;
                    if !refused.iter().any(|(a, b, _)| *a == own && b == label) {
                        refused.push((own, *label, finding.clone()));
                    }
                }
            }
        }
    }

    /// The hole that a way starts at: the one of its name that stands where it was first read.
    pub(super) fn from(&self, group: usize, way: &Rc<Way>) -> usize {
        let mut spans = Vec::new();
        let mut at = Some(way);
        while let Some(step) = at {
            spans.push(step.span);
            at = step.previous.as_ref();
        }
        // The source itself is the first of its name, if it is a file.
        let is_value = spans.len() == 1;
        let told = if is_value {
            spans.as_slice()
        } else {
            &spans[..spans.len() - 1]
        };
        let found = told
            .iter()
            .rev()
            .find_map(|span| self.holding(group, *span));
        found
            .or_else(|| spans.last().and_then(|span| self.holding(group, *span)))
            .unwrap_or(group)
    }

    pub(super) fn holding(&self, group: usize, span: Span) -> Option<usize> {
        let inside = |index: &usize| {
            let hole = self.question.holes[*index].span;
            self.groups[*index] == group && span.start <= hole.start && hole.end <= span.end
        };
        (0..self.groups.len()).find(inside)
    }

    /// The hole of a name that stands at a place.
    pub(super) fn occurrence(&self, group: usize, span: Span) -> usize {
        self.holding(group, span).unwrap_or(group)
    }

    pub(super) fn name(&self, origin: Origin) -> String {
        let files = self.question.file_mounts;
        match origin {
            Origin::Hole(group, _) => self.question.holes.get(group).map_or("", |hole| hole.name),
            Origin::Mount(index) => files
                .get(index)
                .or_else(|| self.question.env_mounts.get(index - files.len()))
                .map_or("", |(name, _)| name),
        }
        .to_owned()
    }

    pub(super) fn finding(
        &self,
        rule: Rule,
        span: Span,
        sink: &str,
        message: String,
        secret: &str,
        way: &Rc<Way>,
    ) -> Finding {
        let mut finding = Finding {
            secret: Some(secret.to_owned()),
            sink: sink.to_owned(),
            way: steps(way),
            help: in_macro(rule, sink, secret).or_else(|| help(rule, sink, way)),
            ..Finding::new(rule, span, message)
        };
        finding.severity = crate::Severity::Error;
        finding
    }
}

/// The fix, as it is written in `sh!`.
fn in_macro(rule: Rule, sink: &str, secret: &str) -> Option<String> {
    match rule {
        Rule::SecretInLayer => Some(format!(
            "write it to a tmpfs: `tmp = TmpFs::at(path!(\"/tmp/creds\"))` and `{{tmp}}/...`, or read `{{{secret}}}` where it is mounted instead of copying it"
        )),
        Rule::SecretToUnknownProgram if !sink.is_empty() => Some(format!(
            "if `{sink}` neither stores nor prints it, say so: `sh!(\"...\", @trust(\"{sink}\", output, \"reason\"))`"
        )),
        _ => None,
    }
}

pub(super) fn unquotable(hole: &Hole<'_>, why: &str) -> Finding {
    let name = hole.name;
    Finding {
        secret: Some(name.to_owned()),
        help: Some(format!("make `{name}` a checked word: `Word::parse(..)?`")),
        ..Finding::new(
            Rule::UnquotableValue,
            hole.span,
            format!("`{name}` cannot be any text here: {why}"),
        )
    }
}

pub(super) fn push(refused: &mut Vec<(Label, Finding)>, label: Label, finding: Finding) {
    if !refused.iter().any(|(known, _)| *known == label) {
        refused.push((label, finding));
    }
}
