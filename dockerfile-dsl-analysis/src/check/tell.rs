//! Converts observations of the interpreter to findings, with their stage, instruction and script.

use std::rc::Rc;

use super::Walk;
use crate::dockerfile::Kind;
use crate::domain::{Keeper, Sink, is_derived, number_of};
use crate::domain::{SourceId, SymbolicPath, Told, Way};
use crate::interpreter::{Event, Sent};
use crate::report::{Author, Leak, Removes};
use crate::uses::{Host, Use};
use crate::{Channel, Rule, Span};

impl Walk<'_> {
    /// Reports an event.
    pub(super) fn tell_event(&mut self, event: &Event) {
        for Told { source, way, .. } in event.taint.ways() {
            self.tell(&event.sink, event.span, *source, way, None);
        }
    }

    /// Keeps what a program got, and reports a host that is not permitted.
    pub(super) fn tell_sent(&mut self, sent: &Sent) {
        let place = self.file.instruction_at(sent.span.start);
        let (stage, instruction) =
            place.map_or((0, sent.span), |(stage, _, found)| (stage, found.span));
        for &Told {
            source, ref way, ..
        } in sent.taint.ways()
        {
            if is_derived(source) {
                continue;
            }
            let secret = self.secrets.get(number_of(source));
            let secret = secret.cloned().unwrap_or_default();
            let permitted = self.permitted.iter().find(|one| one.secret == secret);
            if let Some(permitted) = permitted {
                let others = sent.hosts.iter();
                let others = others.filter(|host| !host.is_among(permitted.hosts));
                let others: Vec<Host> = others.cloned().collect();
                for host in others {
                    let program = sent.program.clone();
                    self.tell(&Sink::Host { program, host }, sent.span, source, way, None);
                }
            }
            self.uses.push(Use {
                stage,
                instruction,
                secret,
                program: sent.program.to_string(),
                span: sent.span,
                hosts: sent.hosts.clone(),
            });
        }
    }

    /// Reports a secret in a file. The newest step of its provenance wrote it.
    pub(super) fn tell_left(
        &mut self,
        keeper: &Keeper,
        path: &SymbolicPath,
        told: &Told,
        removes: Option<Removes<'_>>,
    ) {
        let is_cache = matches!(keeper, Keeper::Cache);
        let key = (path.clone(), told.source, told.way.span, is_cache);
        // Each step finds the files of the steps before it again.
        if !self.told_files.insert(key) {
            return;
        }
        let sink = Sink::File {
            keeper: keeper.clone(),
            path: path.clone(),
            step: told.way.step.clone(),
        };
        self.tell(&sink, told.way.span, told.source, &told.way, removes);
    }

    fn tell(
        &mut self,
        sink: &Sink,
        span: Span,
        source: SourceId,
        way: &Rc<Way>,
        removes: Option<Removes<'_>>,
    ) {
        let secret = self.secrets.get(number_of(source));
        let secret = secret.cloned().unwrap_or_default();
        let (script, place) = self.script(span);
        let leak = Leak {
            sink,
            called: None,
            way,
            secret: &secret,
            is_derived: is_derived(source),
            hole: None,
            span,
            script,
            place,
            author: Author::File(&secret),
            removes,
        };
        let (rule, mut finding) = (leak.rule(), leak.finding());
        if !(self.told).insert((rule, span, secret.clone(), sink.place(None))) {
            return;
        }
        let (stage, instruction) = self.place(span);
        finding.stage = stage;
        finding.instruction = instruction;
        // A fix for a POSIX shell does not apply there.
        if self.is_windows {
            (finding.help, finding.fix) = (None, None);
        }
        // Two doubts at once: the file may not be there, and the secret is not used.
        if rule == Rule::SecretInUnknownDirectory && self.idle.contains(&secret) {
            finding.channel = Channel::Layer;
        }
        self.findings.push(finding);
    }

    /// Returns the script that contains a span, and the span relative to it.
    fn script(&self, span: Span) -> (&str, Option<Span>) {
        let text = self
            .file
            .instruction_at(span.start)
            .and_then(|(_, _, instruction)| match &instruction.kind {
                Kind::Run(run) => run.command.shell_text(),
                _ => None,
            });
        let holds = |whole: Span| whole.start <= span.start && span.end <= whole.end;
        text.filter(|text| holds(text.whole()))
            .map_or(("", None), |text| (text.as_str(), text.local(span)))
    }

    fn place(&self, span: Span) -> (usize, Option<usize>) {
        let found = self.file.instruction_at(span.start);
        found.map_or((0, None), |(stage, index, _)| (stage, index))
    }
}
