//! The flows of a file: from its findings, and from what its programs get.
//!
//! In: the steps that mount a secret, findings and uses, in any order. Out: the steps, secrets and flows of a [`Model`], sorted and without
//! duplicates. A mount that nothing is known to use is a flow that ends nowhere.

use std::collections::{BTreeMap, BTreeSet};

use dockerfile_dsl_analysis::{
    Channel, Finding, LineIndex, Rule, Span,
    dockerfile::File,
    uses::{Host, Use},
};

use super::steps::{RawStep, step};
use crate::audit::model::{Delivery, End, Flow, Model, Note, Program, Secret, Source, Step};

/// Collects steps, secrets and flows.
pub(super) struct Collector<'a> {
    file: &'a File,
    lines: &'a LineIndex,
    steps: Vec<RawStep>,
    secrets: BTreeSet<Secret>,
    ways: Vec<Way>,
    /// Hosts that are not permitted: place, secret and host, and whether a decision accepts it.
    refused: BTreeMap<(Span, String, String), bool>,
    /// Commands that pass a secret on to another one, whose flow it is.
    passed: BTreeSet<(Span, String)>,
    /// The steps that run code of the project, each with the id of a mounted secret.
    beside: BTreeSet<(usize, String)>,
}

impl<'a> Collector<'a> {
    /// Starts with the steps that mount a secret.
    pub(super) const fn new(file: &'a File, lines: &'a LineIndex, steps: Vec<RawStep>) -> Self {
        Self {
            file,
            refused: BTreeMap::new(),
            passed: BTreeSet::new(),
            lines,
            steps,
            secrets: BTreeSet::new(),
            ways: Vec::new(),
            beside: BTreeSet::new(),
        }
    }

    /// Records that code of the project runs at a place.
    pub(super) fn runs_project_code(&mut self, stage: usize, span: Span, id: &str) {
        let steps = self.steps_at(stage, span).into_iter();
        self.beside.extend(steps.map(|step| (step, id.to_owned())));
    }

    /// Returns the step of a stage that contains a position; for an instruction of `ONBUILD`, those of all stages that run it.
    fn steps_at(&self, stage: usize, span: Span) -> Vec<usize> {
        let steps = self.steps.iter().enumerate();
        let at: Vec<usize> = steps
            .filter(|(_, step)| step.span.start <= span.start && span.start <= step.span.end)
            .map(|(index, _)| index)
            .collect();
        let is_of_stage = |index: &usize| self.steps[*index].step.stage == stage;
        let own: Vec<usize> = at.iter().copied().filter(is_of_stage).collect();
        if own.is_empty() { at } else { own }
    }

    /// Returns the steps at a position. One is added if the instruction mounts no secret.
    fn steps_of(&mut self, stage: usize, span: Span) -> Vec<usize> {
        let found = self.steps_at(stage, span);
        if !found.is_empty() {
            return found;
        }
        let mut instructions = self.file.instructions();
        let found = instructions.find(|(_, _, instruction)| {
            instruction.span.start <= span.start && span.start <= instruction.span.end
        });
        let Some((stage, _, instruction)) = found else {
            return Vec::new();
        };
        self.steps.push(RawStep {
            span: instruction.span,
            step: step(stage, instruction, false),
            mounts: Vec::new(),
            is_deferred: false,
        });
        vec![self.steps.len() - 1]
    }

    /// Returns how a step gets a secret: each of its mounts.
    fn deliveries(&self, step: usize, id: &str) -> Vec<Delivery> {
        let mounts = self.steps[step].mounts.iter();
        let own = mounts.filter(|(mounted, _)| mounted == id);
        let own: Vec<Delivery> = own.map(|(_, delivery)| delivery.clone()).collect();
        if own.is_empty() {
            vec![Delivery::Kept]
        } else {
            own
        }
    }

    fn program(&self, name: &str, span: Span) -> Program {
        Program {
            name: name.to_owned(),
            line: self.lines.line(span.start),
        }
    }

    /// Adds what a finding says of a secret.
    pub(super) fn finding(&mut self, finding: &Finding, is_accepted: bool) {
        if let (Rule::SecretToOtherHost, Some(id)) = (finding.rule, &finding.secret) {
            let sent = (finding.span, id.clone(), finding.sink.clone());
            self.refused.insert(sent, is_accepted);
        }
        let is_flow = finding.rule == Rule::SecretToOtherHost || end(finding).is_some();
        if let (true, Some(id)) = (is_flow, &finding.secret) {
            let steps = finding.way.iter().filter(|step| step.program.is_some());
            self.passed
                .extend(steps.map(|step| (step.span, id.clone())));
        }
        let Some(end) = end(finding) else { return };
        let program = program_of(finding).map(|(name, span)| self.program(&name, span));
        for step in self.steps_of(finding.stage, finding.span) {
            let (secret, deliveries) = match &finding.secret {
                Some(id) => (build_secret(id), self.deliveries(step, id)),
                None => {
                    let source = match (finding.channel, &*self.steps[step].step.text) {
                        (Channel::Context, _) => Source::BuildContext,
                        (_, text) if text.starts_with("ARG ") => Source::BuildArgument,
                        _ => Source::Text,
                    };
                    let id = finding.sink.clone();
                    (Secret { id, source }, vec![Delivery::Written])
                }
            };
            self.secrets.insert(secret.clone());
            for delivery in deliveries {
                self.ways.push(Way {
                    step,
                    secret: secret.clone(),
                    delivery,
                    program: program.clone(),
                    end: end.clone(),
                    rule: Some(finding.rule.name()),
                    is_accepted,
                });
            }
        }
    }

    /// Adds what programs get. All findings have to be there.
    pub(super) fn uses(&mut self, uses: &[Use]) {
        for used in uses {
            let is_inside = |other: &&Use| {
                other.secret == used.secret
                    && other.span != used.span
                    && other.span.start <= used.span.start
                    && used.span.end <= other.span.end
            };
            // `cat` in `curl -u "$(cat ..)"`: what happens is what curl does.
            if used.hosts.is_empty() && uses.iter().any(|other| is_inside(&other)) {
                let passed = (used.span, used.secret.clone());
                self.passed.insert(passed);
            }
            self.used(used);
        }
    }

    fn used(&mut self, used: &Use) {
        let secret = build_secret(&used.secret);
        self.secrets.insert(secret.clone());
        let program = self.program(&used.program, used.span);
        for step in self.steps_of(used.stage, used.instruction) {
            let is_reported = self.ways.iter().any(|way| {
                let is_same = |known: &Program| {
                    known.line == program.line
                        && first_word(&known.name) == first_word(&program.name)
                };
                way.step == step
                    && way.secret == secret
                    && way.program.as_ref().is_some_and(is_same)
            });
            let mut ends: Vec<(End, Option<bool>)> = Vec::new();
            for host in &used.hosts {
                let sent = (used.span, used.secret.clone(), host.to_string());
                let name = match host {
                    Host::Known(name) => Some(name.clone()),
                    Host::Unknown => None,
                };
                ends.push((End::Host(name), self.refused.get(&sent).copied()));
            }
            let is_passed = self.passed.iter().any(|(span, id)| {
                *id == used.secret && used.span.start <= span.start && span.start < used.span.end
            });
            if ends.is_empty() && !is_reported && !is_passed {
                ends.push((End::Nowhere, None));
            }
            for delivery in self.deliveries(step, &used.secret) {
                for (end, refused) in &ends {
                    self.ways.push(Way {
                        step,
                        secret: secret.clone(),
                        delivery: delivery.clone(),
                        program: Some(program.clone()),
                        end: end.clone(),
                        rule: refused.map(|_| Rule::SecretToOtherHost.name()),
                        is_accepted: refused.unwrap_or(false),
                    });
                }
            }
        }
    }

    /// Whether a step mounts a secret that no program is known to use.
    pub(super) fn has_idle_mounts(&self) -> bool {
        self.steps.iter().enumerate().any(|(index, raw)| {
            let mut mounts = raw.mounts.iter();
            mounts.any(|(id, _)| !self.is_used(index, id))
        })
    }

    fn is_used(&self, step: usize, id: &str) -> bool {
        let mut ways = self.ways.iter();
        ways.any(|way| way.step == step && way.secret.id == id)
    }

    /// Adds the mounts that no program is known to use, and sorts.
    pub(super) fn finish(mut self) -> Model {
        let mut remarks = Vec::new();
        let ways = self.ways.iter();
        let used: BTreeSet<(usize, String)> =
            ways.map(|way| (way.step, way.secret.id.clone())).collect();
        for (index, raw) in self.steps.iter().enumerate() {
            for (id, delivery) in &raw.mounts {
                let secret = build_secret(id);
                self.secrets.insert(secret.clone());
                if used.contains(&(index, id.clone())) {
                    continue;
                }
                if self.beside.contains(&(index, id.clone())) {
                    remarks.push((
                        index,
                        format!(
                            "no program of the step names the file of secret `{id}`, and code of \
                             the project runs beside it, which can read it"
                        ),
                    ));
                }
                let end = if raw.is_deferred {
                    End::Unknown("ONBUILD runs it in another build".to_owned())
                } else {
                    End::Nowhere
                };
                self.ways.push(Way {
                    step: index,
                    secret,
                    delivery: delivery.clone(),
                    program: None,
                    end,
                    rule: None,
                    is_accepted: false,
                });
            }
        }
        let lines = self.lines;
        let mut order: Vec<usize> = (0..self.steps.len()).collect();
        order.sort_by_key(|index| {
            let raw = &self.steps[*index];
            (raw.step.stage, raw.span, raw.step.is_onbuild)
        });
        let position = |step: usize| order.iter().position(|index| *index == step).unwrap_or(0);
        let secrets: Vec<Secret> = self.secrets.into_iter().collect();
        let mut flows: Vec<Flow> = Vec::new();
        for way in self.ways {
            let flow = Flow {
                step: position(way.step),
                secret: secrets
                    .iter()
                    .position(|secret| *secret == way.secret)
                    .unwrap_or(0),
                delivery: way.delivery,
                program: way.program,
                end: way.end,
                rule: way.rule,
                is_accepted: way.is_accepted,
            };
            if !flows.contains(&flow) {
                flows.push(flow);
            }
        }
        flows.sort_by_key(|flow| {
            let line = flow.program.as_ref().map_or(0, |program| program.line);
            (flow.step, flow.secret, line)
        });
        let notes = remarks.into_iter().map(|(step, text)| Note {
            step: position(step),
            text,
        });
        let notes = notes.collect();
        let mut steps: Vec<(usize, Step)> = self
            .steps
            .into_iter()
            .map(|raw| {
                let line = lines.line(raw.span.start);
                Step { line, ..raw.step }
            })
            .enumerate()
            .collect();
        steps.sort_by_key(|(index, _)| position(*index));
        Model {
            path: String::new(),
            stages: Vec::new(),
            steps: steps.into_iter().map(|(_, step)| step).collect(),
            secrets,
            flows,
            decisions: Vec::new(),
            notes,
        }
    }
}

fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or(text)
}

fn build_secret(id: &str) -> Secret {
    Secret {
        id: id.to_owned(),
        source: Source::BuildSecret,
    }
}

/// Returns the program that has the value last, with its place.
fn program_of(finding: &Finding) -> Option<(String, Span)> {
    let is_sink = matches!(
        finding.rule,
        Rule::SecretToUnknownProgram | Rule::SecretToProjectCode
    );
    if is_sink && !finding.sink.is_empty() {
        return Some((finding.sink.clone(), finding.span));
    }
    let mut steps = finding.way.iter().rev();
    steps.find_map(|step| Some((step.program.clone()?, step.span)))
}

/// Returns where the value of a finding ends; `None` if the finding follows no value.
fn end(finding: &Finding) -> Option<End> {
    let name = finding.sink.clone();
    Some(match finding.rule {
        Rule::SecretInLayer | Rule::DerivedSecretInLayer | Rule::SecretFileInContext => {
            End::Layer {
                path: name,
                builder_stage: finding.builder_stage.clone(),
            }
        }
        Rule::SecretInBuildLog | Rule::DerivedSecretInBuildLog => End::Log,
        Rule::SecretInCacheMount => End::Cache(name),
        Rule::SecretsUsedInArgOrEnv | Rule::LiteralCredential => End::Config,
        Rule::SecretToProjectCode => End::Unknown("code of the project".to_owned()),
        Rule::SecretToUnknownProgram => End::Unknown("not in the program database".to_owned()),
        Rule::SecretUnderUnknownShell => End::Unknown("a shell that is not analysed".to_owned()),
        Rule::SecretInUnknownDirectory => End::Unknown("it depends on the base image".to_owned()),
        Rule::SecretInOpaqueSyntax => End::Unknown("syntax that is not analysed".to_owned()),
        _ => return None,
    })
}

/// A flow while it is collected; its step is an index into the raw steps.
struct Way {
    step: usize,
    secret: Secret,
    delivery: Delivery,
    program: Option<Program>,
    end: End,
    rule: Option<&'static str>,
    is_accepted: bool,
}
