//! Makes findings of what the machine saw: the sentence, the way, the fix.

use std::rc::Rc;

use super::Walk;
use crate::flow::{Event, Taint, Way};
use crate::{Finding, Rule, Span, WayStep};

impl Walk<'_> {
    /// Something that happened on the way.
    pub(super) fn tell_event(&mut self, event: &Event) {
        for (source, way) in event.taint.ways() {
            let secret = self
                .secrets
                .get(usize::from(*source))
                .cloned()
                .unwrap_or_default();
            let message = sentence(event.rule, &secret, &event.sink, &event.how);
            self.tell(event.rule, event.span, &event.sink, secret, message, way);
        }
    }

    /// What is left at a place: the newest step of each way is the one that put it there.
    pub(super) fn tell_taint(&mut self, rule: Rule, taint: &Taint, sink: &str) {
        for (source, way) in taint.ways() {
            let secret = self
                .secrets
                .get(usize::from(*source))
                .cloned()
                .unwrap_or_default();
            let message = left(rule, &secret, sink, way);
            self.tell(rule, way.span, sink, secret, message, way);
        }
    }

    fn tell(
        &mut self,
        rule: Rule,
        span: Span,
        sink: &str,
        secret: String,
        message: String,
        way: &Rc<Way>,
    ) {
        if !self.told.insert((rule, span, Some(secret.clone()))) {
            return;
        }
        let (stage, instruction) = self.place(span);
        self.findings.push(Finding {
            secret: Some(secret),
            sink: sink.to_owned(),
            stage,
            instruction,
            way: steps(way),
            help: help(rule, sink, way),
            ..Finding::new(rule, span, message)
        });
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
        Rule::SecretToUnknownProgram => format!(
            "`{secret}` is given to `{sink}`, and nobody vouches for what that does with it ({how})"
        ),
        Rule::SecretUnderUnknownShell => format!(
            "`{secret}` is mounted in a step that runs under `{sink}`, whose scripts are not analysed"
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

/// What to write instead.
pub(crate) fn help(rule: Rule, sink: &str, way: &Way) -> Option<String> {
    let directory = sink
        .rsplit_once('/')
        .map_or("/tmp/secret", |(directory, _)| {
            if directory.is_empty() {
                "/tmp/secret"
            } else {
                directory
            }
        });
    let origin = origin(way);
    Some(match rule {
        Rule::SecretInLayer if way.text.contains("git") && sink.contains(".git") => {
            "give git the credential for one command only: `git -c credential.helper= -c credential.https://HOST.helper='!f() { echo username=x-access-token; echo \"password=$(cat /run/secrets/ID)\"; }; f' clone URL`".to_owned()
        }
        Rule::SecretInLayer if way.text.starts_with("part of") => "use a name that does not hold the value, such as one made by `mktemp`".to_owned(),
        Rule::SecretInLayer if way.text.contains("log of") => {
            "do not give the value as an argument: write it to a file on a tmpfs (`--mount=type=tmpfs,target=/tmp/secret`) and name that file".to_owned()
        }
        Rule::SecretInLayer => format!(
            "keep the file in memory with `--mount=type=tmpfs,target={directory}`, remove it at the end of the same RUN (`&& rm -f {sink}`), or read the secret where it is mounted{origin}"
        ),
        Rule::SecretInCacheMount => "write it to a tmpfs mount instead, or accept it with `# dockerfile-dsl: allow-cache reason=\"...\"` above the RUN".to_owned(),
        Rule::SecretInBuildLog if way.text.contains("set -x") => "put `set +x` before the command that handles the secret".to_owned(),
        Rule::SecretInBuildLog => "send it to `> /dev/null` (messages: `2> /dev/null`), or do not print it".to_owned(),
        Rule::SecretToUnknownProgram => {
            format!("if `{sink}` neither stores nor prints it, say so above the RUN: `# dockerfile-dsl: trust={sink} reason=\"...\"`")
        }
        Rule::SecretUnderUnknownShell => "put `SHELL [\"/bin/sh\", \"-c\"]` before the RUN that mounts the secret".to_owned(),
        Rule::SecretInOpaqueSyntax => "use the secret where it can be followed: as an argument or a file of a known command".to_owned(),
        _ => return None,
    })
}

/// Where the value came from, for the end of a sentence.
fn origin(way: &Way) -> String {
    let mut oldest = way;
    while let Some(previous) = &oldest.previous {
        oldest = previous;
    }
    oldest
        .text
        .split('`')
        .nth(1)
        .filter(|path| path.starts_with('/'))
        .map_or_else(String::new, |path| format!(" (`{path}`)"))
}
