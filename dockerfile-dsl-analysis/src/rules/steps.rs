//! The instructions of a file, each with its environment.

use crate::{
    Finding, Rule, Span,
    bases::Bases,
    dockerfile::{Environment, File, Instruction, Kind, Mount, MountFlag, Run, Secret},
};

/// One instruction with its environment.
pub(super) struct RuleStep<'a> {
    pub(super) stage: usize,
    pub(super) index: Option<usize>,
    pub(super) instruction: &'a Instruction,
    /// The environment before the instruction.
    pub(super) environment: &'a Environment,
    /// The mounts that can be resolved, each with the span of its flag.
    pub(super) mounts: Vec<(Mount, Span)>,
    pub(super) is_global: bool,
}

impl RuleStep<'_> {
    pub(super) fn finding(&self, rule: Rule, span: Span, message: String) -> Finding {
        Finding {
            stage: self.stage,
            instruction: self.index,
            ..Finding::new(rule, span, message)
        }
    }

    /// Returns the instruction inside ONBUILD, else the instruction itself.
    pub(super) fn kind(&self) -> &Kind {
        match &self.instruction.kind {
            Kind::Onbuild(inner) => &inner.kind,
            kind => kind,
        }
    }

    pub(super) fn run(&self) -> Option<&Run> {
        match self.kind() {
            Kind::Run(run) => Some(run),
            _ => None,
        }
    }

    pub(super) fn secrets(&self) -> impl Iterator<Item = (&Secret, Span)> {
        self.mounts.iter().filter_map(|(mount, span)| match mount {
            Mount::Secret(secret) => Some((secret, *span)),
            _ => None,
        })
    }
}

/// Returns the texts that a RUN executes: the script, or each argument.
pub(crate) fn texts(run: &Run) -> Vec<&crate::dockerfile::SourceText> {
    use crate::dockerfile::Command;
    match &run.command {
        Command::Exec(arguments) => arguments.iter().collect(),
        Command::Executable { document, .. } => vec![&document.body],
        command => command.shell_text().into_iter().collect(),
    }
}

/// Returns the flag of the mount at a place. The flags are in the order of the text.
pub(super) fn flag_at(run: &Run, place: Span) -> Option<&MountFlag> {
    let index = (run.mounts).partition_point(|flag| flag.flag.span.start < place.start);
    let flag = run.mounts.get(index)?;
    (flag.flag.span == place).then_some(flag)
}

/// Whether a RUN names a secret: its file, or its variable.
pub(super) fn mentions(run: &Run, secret: &Secret) -> bool {
    texts(run).iter().any(|text| {
        let file = secret
            .target
            .as_ref()
            .is_some_and(|target| text.contains(target.as_str()));
        file || secret
            .env
            .as_ref()
            .is_some_and(|name| has_variable(text, name))
    })
}

/// Whether the text contains `$NAME` or `${NAME`.
pub(crate) fn has_variable(text: &str, name: &str) -> bool {
    text.match_indices('$').any(|(at, _)| {
        let after = &text[at + 1..];
        let after = after.strip_prefix('{').unwrap_or(after);
        let rest = after.strip_prefix(name);
        !name.is_empty()
            && rest.is_some_and(|rest| {
                !rest.starts_with(|char: char| char == '_' || char.is_ascii_alphanumeric())
            })
    })
}

/// Calls `look` for each instruction, in text order.
pub(super) fn walk(file: &File, bases: &Bases, mut look: impl FnMut(&RuleStep<'_>)) {
    let global = Environment::new(file, Vec::new());
    for instruction in &file.global_args {
        let (environment, mounts) = (&global, Vec::new());
        look(&RuleStep {
            stage: 0,
            index: None,
            instruction,
            environment,
            mounts,
            is_global: true,
        });
    }
    crate::dockerfile::walk(file, bases, |visited| {
        // An instruction inside ONBUILD was checked at its own position.
        if visited.is_trigger {
            return;
        }
        let environment = visited.environment;
        let mut step = RuleStep {
            stage: visited.stage,
            index: Some(visited.index),
            instruction: visited.instruction,
            environment,
            mounts: Vec::new(),
            is_global: false,
        };
        if let Some(run) = step.run() {
            let resolve = |flag| Some((environment.mount(flag).ok()?, flag.flag.span));
            step.mounts = run.mounts.iter().filter_map(resolve).collect();
        }
        look(&step);
    });
}
