//! Walks the instructions of a file in execution order, each with the environment before it.
//!
//! In: a file. Out: a call for each instruction. An instruction of `ONBUILD` is visited in the stage of the same file that is based on its
//! own, once.

use super::{Environment, File, Instruction, Kind, Mount};
use crate::bases::Bases;

/// An instruction in the stage that runs it.
#[derive(Debug)]
pub struct Visited<'a> {
    /// Index of the stage that runs it.
    pub stage: usize,
    /// Index of the instruction in its stage; for an instruction of `ONBUILD`, that of the `ONBUILD` in its own stage.
    pub index: usize,
    /// The instruction.
    pub instruction: &'a Instruction,
    /// Whether an `ONBUILD` of the base stage contains it.
    pub is_trigger: bool,
    /// The environment before it.
    pub environment: &'a Environment,
}

/// Calls `visit` for each instruction of each stage.
pub fn walk<'a>(file: &'a File, bases: &Bases, mut visit: impl FnMut(&Visited<'_>)) {
    let global = Environment::new(file, Vec::new());
    let mut ends: Vec<(Environment, Vec<(usize, &'a Instruction)>)> = Vec::new();
    for (stage, content) in file.stages.iter().enumerate() {
        let name = global
            .expand(&content.base)
            .unwrap_or_else(|_| content.base.to_string());
        let base = file
            .stage_named(&name, stage)
            .and_then(|base| ends.get(base));
        let mut environment = Environment::stage(&global, base.map(|(environment, _)| environment));
        if base.is_none()
            && let Some(image) = bases.find(&name)
        {
            environment.based_on(image);
        }
        let mut triggers = Vec::new();
        let inherited = base.into_iter().flat_map(|(_, triggers)| triggers);
        let inherited = inherited.map(|(index, instruction)| (*index, *instruction, true));
        let own = content.instructions.iter().enumerate();
        let own = own.map(|(index, instruction)| (index, instruction, false));
        for (index, instruction, is_trigger) in inherited.chain(own) {
            visit(&Visited {
                stage,
                index,
                instruction,
                is_trigger,
                environment: &environment,
            });
            if let Kind::Onbuild(inner) = &instruction.kind {
                triggers.push((index, &**inner));
            }
            // The build ends at a word that cannot be expanded. The values from before are the best approximation.
            let _ = environment.apply(instruction);
        }
        ends.push((environment, triggers));
    }
}

impl File {
    /// Returns the ids of the secrets that RUN instructions mount, sorted, including those in `ONBUILD`. An id that depends on a variable
    /// without a known value contains the variable, as `${NAME}`.
    #[must_use]
    pub fn secret_ids(&self) -> Vec<String> {
        let mut ids = std::collections::BTreeSet::new();
        walk(self, Bases::NONE, |visited| {
            let Kind::Run(run) = &visited.instruction.kind else {
                return;
            };
            for flag in &run.mounts {
                if let Ok(Mount::Secret(secret)) = visited.environment.mount(flag) {
                    ids.insert(secret.id);
                }
            }
        });
        ids.into_iter().collect()
    }
}
