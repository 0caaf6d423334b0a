//! Makes findings of what the machine saw: the sentence, the way, the fix.

use std::rc::Rc;

use super::Walk;
use crate::dockerfile::{Kind, SourceText};
use crate::fix::{Author, Leak, fix};
use crate::flow::{Event, Taint, Told, Way};
use crate::{Channel, Finding, Rule, Span, WayStep};

impl Walk<'_> {
    /// Something that happened on the way.
    pub(super) fn tell_event(&mut self, event: &Event) {
        for Told { source, way, .. } in event.taint.ways() {
            let secret = self
                .secrets
                .get(usize::from(*source))
                .cloned()
                .unwrap_or_default();
            let message = sentence(event.rule, &secret, &event.sink, &event.how);
            let end = End {
                rule: event.rule,
                span: event.span,
                sink: &event.sink,
                how: &event.how,
            };
            self.tell(end, secret, message, way);
        }
    }

    /// What is left at a place: the newest step of each way is the one that put it there.
    pub(super) fn tell_taint(&mut self, rule: Rule, taint: &Taint, sink: &str) {
        for Told { source, way, .. } in taint.told().ways() {
            let secret = self
                .secrets
                .get(usize::from(*source))
                .cloned()
                .unwrap_or_default();
            let message = left(rule, &secret, sink, way);
            let end = End {
                rule,
                span: way.span,
                sink,
                how: "",
            };
            self.tell(end, secret, message, way);
        }
    }

    fn tell(&mut self, end: End<'_>, secret: String, message: String, way: &Rc<Way>) {
        let End {
            rule,
            span,
            sink,
            how,
        } = end;
        let key = format!(
            "{rule} {} {} {secret}\n{}",
            span.start,
            span.end,
            place_of(sink)
        );
        if !self.told.insert(key) {
            return;
        }
        let (stage, instruction) = self.place(span);
        let (script, place) = self.script(span);
        let help = fix(&Leak {
            rule,
            sink,
            how,
            way,
            script,
            span: place,
            author: Author::File(&secret),
        });
        let mut finding = Finding {
            sink: sink.to_owned(),
            stage,
            instruction,
            way: steps(way),
            help,
            ..Finding::new(rule, span, message)
        };
        // Two doubts at once: not known to be there, and not meant.
        if rule == Rule::SecretInUnknownDirectory && self.idle.contains(&secret) {
            finding.channel = Channel::Layer;
        }
        finding.secret = Some(secret);
        self.findings.push(finding);
    }

    /// The script that a place is in, and the place in there.
    fn script(&self, span: Span) -> (&str, Option<Span>) {
        let texts =
            self.file
                .instructions()
                .filter_map(|(_, _, instruction)| match &instruction.kind {
                    Kind::Run(run) => run.command.shell_text(),
                    _ => None,
                });
        let mut holding = texts.filter(|text| {
            let whole = text.whole();
            whole.start <= span.start && span.end <= whole.end
        });
        holding
            .next()
            .map_or(("", None), |text| (text.as_str(), local(text, span)))
    }

    fn place(&self, span: Span) -> (usize, Option<usize>) {
        let holds = |whole: Span| whole.start <= span.start && span.start <= whole.end;
        let found = self
            .file
            .instructions()
            .find(|(_, _, instruction)| holds(instruction.span));
        found.map_or((0, None), |(stage, index, _)| (stage, index))
    }
}

/// Where a value came to rest.
struct End<'a> {
    rule: Rule,
    span: Span,
    sink: &'a str,
    /// How, if the way does not say it.
    how: &'a str,
}

/// What tells two sinks of one command apart: of paths that are not known, one is enough.
pub(crate) fn place_of(sink: &str) -> &str {
    if sink.contains("...") { "..." } else { sink }
}

/// The part of a text that stands at a place of the file. Both grow together, so it is searched by halves.
fn local(text: &SourceText, span: Span) -> Option<Span> {
    let first = |is_reached: &dyn Fn(usize) -> bool| {
        let (mut low, mut high) = (0, text.len());
        while low < high {
            let middle = low.midpoint(high);
            if is_reached(middle) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    };
    let start = first(&|at| text.offset(at) >= span.start);
    let end = first(&|at| text.offset(at) >= span.end);
    (start < end && text.offset(start) == span.start).then(|| Span::new(start, end))
}

/// The story of a value, oldest step first.
pub(crate) fn steps(way: &Rc<Way>) -> Vec<WayStep> {
    let mut steps = Vec::new();
    let mut at = Some(way);
    while let Some(step) = at {
        if !step.text.is_empty() {
            steps.push(WayStep {
                span: step.span,
                text: step.text.to_string(),
            });
        }
        at = step.previous.as_ref();
    }
    steps.reverse();
    steps
}

/// What is said of an event.
pub(crate) fn sentence(rule: Rule, secret: &str, sink: &str, how: &str) -> String {
    match rule {
        Rule::SecretInBuildLog => {
            format!("`{secret}` would leak: its value is printed to the build log ({how})")
        }
        Rule::SecretToUnknownProgram if sink.is_empty() => format!(
            "`{secret}` is given to a program whose name is not known, and nobody vouches for what that does with it"
        ),
        Rule::SecretToUnknownProgram => format!(
            "`{secret}` is given to `{sink}`, and nobody vouches for what that does with it ({how})"
        ),
        Rule::SecretUnderUnknownShell => format!(
            "`{secret}` is mounted in a step that runs under `{sink}`, whose scripts are not analysed"
        ),
        Rule::SecretInUnknownDirectory => format!(
            "`{secret}` may leak: `{sink}` takes all of the working directory, which is the base image's own; if that is `/`, the secret is in it"
        ),
        Rule::SecretInOpaqueSyntax => {
            format!("`{secret}` may leak: what this does with it is not understood ({how})")
        }
        _ => format!("`{secret}` would leak at `{sink}` ({how})"),
    }
}

/// What is said of something that was left in a file.
pub(crate) fn left(rule: Rule, secret: &str, sink: &str, way: &Way) -> String {
    let how = way
        .text
        .rsplit_once('(')
        .map_or("", |(_, how)| how.trim_end_matches(')'));
    let how = if how.is_empty() {
        String::new()
    } else {
        format!(" ({how})")
    };
    if way.text.starts_with("part of") {
        return format!(
            "`{secret}` would leak: its value is part of the name `{sink}`, which becomes part of the image layer{how}"
        );
    }
    if way.text.starts_with("kept as the target") {
        return format!(
            "`{secret}` would leak: its value is the target of the link `{sink}`, which becomes part of the image layer{how}"
        );
    }
    match rule {
        Rule::SecretInCacheMount => format!(
            "`{secret}` stays in the builder: its value is written to `{sink}` in a cache mount{how}"
        ),
        _ => format!(
            "`{secret}` would leak: its value is written to `{sink}`, which becomes part of the image layer{how}"
        ),
    }
}
