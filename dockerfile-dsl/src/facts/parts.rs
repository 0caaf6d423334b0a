//! The stages that a stage is made of.
//!
//! In: a file and the number of a stage. Out: the stages that its `FROM`, its copies and its mounts name, as BuildKit resolves them.

use dockerfile_dsl_analysis::dockerfile::{File, Instruction, Kind};

/// The stages that a stage is based on, copies from, or mounts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    named: Vec<usize>,
    /// Number of stages before it, if one of the names contains a variable: it may be any of them.
    unknown: usize,
}

impl Parts {
    /// Returns their numbers.
    pub(crate) fn stages(&self) -> impl Iterator<Item = usize> {
        self.named.iter().copied().chain(0..self.unknown)
    }
}

/// Returns the stages that a stage is made of.
pub(super) fn parts(file: &File, stage: usize) -> Parts {
    let mut parts = Parts::default();
    let content = &file.stages[stage];
    named(file, stage, &content.base, false, &mut parts);
    for instruction in &content.instructions {
        sources(file, stage, instruction, &mut parts);
    }
    parts
}

/// Adds the stages that an instruction copies or mounts from.
fn sources(file: &File, stage: usize, instruction: &Instruction, found: &mut Parts) {
    match &instruction.kind {
        Kind::Copy(transfer) => {
            if let Some(from) = &transfer.from {
                named(file, stage, from, true, found);
            }
        }
        Kind::Run(run) => {
            for mount in &run.mounts {
                for field in &mount.fields {
                    if let (true, Some(from)) = (field.key == "from", &field.value) {
                        named(file, stage, from, false, found);
                    }
                }
            }
        }
        Kind::Onbuild(inner) => sources(file, stage, inner, found),
        _ => {}
    }
}

/// Adds the earlier stage of that name or number.
fn named(file: &File, stage: usize, name: &str, numbers: bool, found: &mut Parts) {
    if name.contains('$') {
        found.unknown = stage;
    } else if let Some(index) = file.stage_named(name, stage) {
        found.named.push(index);
    } else if let (true, Ok(number)) = (numbers, name.parse::<usize>())
        && number < stage
    {
        found.named.push(number);
    }
}
