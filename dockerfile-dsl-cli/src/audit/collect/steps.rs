//! The steps of a file that mount a secret, each with its mounts.
//!
//! In: a file. Out: [`RawStep`]s. An instruction of `ONBUILD` is a step of each stage that runs it; if none does, of the stage that contains it.

use std::collections::BTreeSet;

use dockerfile_dsl_analysis::{
    Span,
    bases::Bases,
    dockerfile::{Command, File, Instruction, Kind, Mount, SourceText, Visited, walk},
    masked,
};

use crate::audit::model::{Delivery, Step};

/// A step while it is collected.
pub(super) struct RawStep {
    pub(super) span: Span,
    pub(super) step: Step,
    /// The secrets that it mounts: id and delivery.
    pub(super) mounts: Vec<(String, Delivery)>,
    /// Whether it runs in builds that are based on the image, not in this one.
    pub(super) is_deferred: bool,
}

/// Returns the RUN instructions that mount a secret.
pub(super) fn mounting_steps(file: &File, bases: &Bases) -> Vec<RawStep> {
    let mut steps = Vec::new();
    let mut add = |visited: &Visited<'_>, instruction: &Instruction, is_deferred| {
        let Kind::Run(run) = &instruction.kind else {
            return;
        };
        let mounts = run.mounts.iter();
        let mounts = mounts.filter_map(|flag| visited.environment.mount(flag).ok());
        let mounts: Vec<_> = mounts
            .filter_map(|mount| match mount {
                Mount::Secret(secret) => Some((
                    secret.id,
                    Delivery::Mount {
                        target: secret
                            .target
                            .map(|target| visited.environment.absolute(&target)),
                        variable: secret.env,
                        is_required: secret.required,
                    },
                )),
                _ => None,
            })
            .collect();
        if !mounts.is_empty() {
            let step = step(visited.stage, instruction, visited.is_trigger);
            steps.push(RawStep {
                span: instruction.span,
                step,
                mounts,
                is_deferred,
            });
        }
    };
    walk(file, bases, |visited| match &visited.instruction.kind {
        Kind::Onbuild(inner) => add(visited, inner, true),
        _ => add(visited, visited.instruction, false),
    });
    let run: BTreeSet<Span> = steps
        .iter()
        .filter(|step| step.step.is_onbuild)
        .map(|step| step.span)
        .collect();
    steps.retain(|step| !step.is_deferred || !run.contains(&step.span));
    steps
}

/// Creates a step; its line is not known yet.
pub(super) fn step(stage: usize, instruction: &Instruction, is_onbuild: bool) -> Step {
    Step {
        stage,
        line: 0,
        text: summary(&instruction.kind),
        is_onbuild,
    }
}

/// Returns the keyword and the beginning of the rest, on one line.
fn summary(kind: &Kind) -> String {
    let rest = match kind {
        Kind::Run(run) => command(&run.command),
        Kind::Copy(transfer) | Kind::Add(transfer) => {
            let from = transfer.from.as_ref().map(|from| format!("--from={from} "));
            format!("{}.. {}", from.unwrap_or_default(), transfer.destination)
        }
        Kind::Arg(arguments) => arguments
            .iter()
            .map(|argument| argument.name.to_string())
            .collect::<Vec<_>>()
            .join(" "),
        Kind::Env(pairs) | Kind::Label(pairs) => pairs
            .iter()
            .map(|pair| pair.key.to_string())
            .collect::<Vec<_>>()
            .join(" "),
        Kind::Onbuild(inner) => summary(&inner.kind),
        _ => String::new(),
    };
    let text = format!("{} {rest}", kind.keyword());
    masked(text.trim_end()).into_owned()
}

fn command(command: &Command) -> String {
    let text: String = match command {
        Command::Exec(words) => {
            let words: Vec<&str> = words.iter().map(SourceText::as_str).collect();
            words.join(" ")
        }
        Command::Executable { document, .. } => document.body.to_string(),
        other => other
            .shell_text()
            .map(ToString::to_string)
            .unwrap_or_default(),
    };
    let mut lines = text.lines().map(str::trim);
    let is_empty =
        |line: &&str| line.is_empty() || line.starts_with('#') || line.starts_with("set -");
    let mut first = lines.find(|line| !is_empty(line)).unwrap_or("").to_owned();
    if lines.any(|line| !is_empty(&line)) {
        first += " ..";
    }
    first
}
