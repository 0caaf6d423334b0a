//! Rejects labels: of a source that may not reach a sink at all, or not while another hole has a certain label.

use std::rc::Rc;

use super::super::{Accepted, FlowAnswer, Label};
use super::answering::{Answering, Origin, Refusal, Refused};
use crate::domain::{Sink, SourceId, Way, is_derived};
use crate::report::{Author, Leak, Removes};
use crate::{Finding, Rule, Span};

impl Answering<'_, '_> {
    /// Rejects a source at a sink.
    pub(super) fn refuse(&mut self, source: SourceId, way: &Rc<Way>, refusal: Refusal) {
        if self.is_accepted(&refusal.finding) {
            return;
        }
        match self.origin(source) {
            Origin::Hole(group, label) => self.refuse_label(self.from(group, way), label, &refusal),
            Origin::Mount(index) => {
                if self.is_new(Refused::Mount(index), &refusal) {
                    self.answer.findings.push(refusal.finding);
                }
            }
        }
    }

    /// Whether a decision of the author accepts the finding.
    fn is_accepted(&self, finding: &Finding) -> bool {
        let is_about = |accepted: &Accepted<'_>| match accepted {
            Accepted::Issued { secret, program } => {
                finding.secret.as_deref() == Some(*secret) && finding.issued_by() == Some(*program)
            }
            Accepted::ProjectCode { secret } => {
                finding.secret.as_deref() == Some(*secret)
                    && finding.rule == Rule::SecretToProjectCode
            }
        };
        self.question.accepted.iter().any(is_about)
    }

    /// Rejects a label of a hole. Each sink is kept once, up to [`MOST_PLACES`] sinks.
    pub(super) fn refuse_label(&mut self, hole: usize, label: Label, refusal: &Refusal) {
        let refused = &self.answer.holes[hole].refused;
        let places = refused.iter().filter(|(known, _)| *known == label).count();
        if places < MOST_PLACES && self.is_new(Refused::Hole(hole, label), refusal) {
            let refused = &mut self.answer.holes[hole].refused;
            refused.push((label, refusal.finding.clone()));
        }
    }

    fn is_new(&mut self, refused: Refused, Refusal { finding, place }: &Refusal) -> bool {
        let key = (refused, finding.rule, finding.span, place.clone());
        self.reported.insert(key)
    }

    /// Rejects a source while another hole has one of these labels.
    pub(super) fn refuse_at(
        &mut self,
        source: SourceId,
        way: &Rc<Way>,
        to: usize,
        labels: &[Label],
        refusal: &Refusal,
    ) {
        if self.is_accepted(&refusal.finding) {
            return;
        }
        match self.origin(source) {
            Origin::Mount(_) => {
                for label in labels.iter().filter(|label| !label.is_secret()) {
                    self.refuse_label(to, *label, refusal);
                }
            }
            // A value cannot be secret and public.
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
                        refused.push((own, *label, refusal.finding.clone()));
                    }
                }
            }
        }
    }

    /// Returns the hole at which a flow starts: of the holes with the same name, the one where it was first read.
    pub(super) fn from(&self, group: usize, way: &Rc<Way>) -> usize {
        let mut spans = Vec::new();
        let mut at = Some(way);
        while let Some(step) = at {
            spans.push(step.span);
            at = step.previous.as_ref();
        }
        // A secret's file starts at the first hole with its name.
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

    /// Returns the hole with a name inside a span.
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

    /// Creates the finding for a source at a sink. `called`: the author's name for the sink; `hole`: the hole whose public value causes the
    /// leak.
    pub(super) fn refusal(
        &self,
        (sink, span): (&Sink, Span),
        called: Option<&str>,
        hole: Option<&str>,
        source: SourceId,
        way: &Rc<Way>,
    ) -> Refusal {
        self.refusal_of(sink, span, (called, hole), source, way, None)
    }

    /// Creates the finding for a file that the script leaves.
    pub(super) fn left(
        &self,
        (sink, span): (&Sink, Span),
        called: Option<&str>,
        source: SourceId,
        way: &Rc<Way>,
        removes: Removes<'_>,
    ) -> Refusal {
        self.refusal_of(sink, span, (called, None), source, way, Some(removes))
    }

    fn refusal_of(
        &self,
        sink: &Sink,
        span: Span,
        (called, hole): (Option<&str>, Option<&str>),
        source: SourceId,
        way: &Rc<Way>,
        removes: Option<Removes<'_>>,
    ) -> Refusal {
        let origin = self.origin(source);
        let secret = self.name(origin);
        let author = match origin {
            Origin::Hole(..) => Author::Hole(&secret),
            Origin::Mount(_) => Author::Mount,
        };
        let leak = Leak {
            sink,
            called,
            way,
            secret: &secret,
            is_derived: is_derived(source),
            hole,
            span,
            script: self.question.text,
            place: Some(span),
            author,
            removes,
        };
        let mut finding = leak.finding();
        finding.severity = crate::Severity::Error;
        let place = sink.place(called);
        Refusal { finding, place }
    }
}

/// Max. reported leaks of one hole.
const MOST_PLACES: usize = 8;
