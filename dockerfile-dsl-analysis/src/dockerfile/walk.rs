//! The instructions of a file in the order in which they run, each with what is known before it.
//!
//! In: a file. Out: a call for each instruction; what `ONBUILD` keeps is met in the stage of the same file that is FROM it, once.

use super::{Environment, File, Instruction, Kind, Mount};
use crate::bases::Bases;

/// One instruction where it runs.
#[derive(Debug)]
pub struct Visited<'a> {
    /// Index of the stage that it runs in.
    pub stage: usize,
    /// Index of the instruction in its stage; of what `ONBUILD` keeps, that of the `ONBUILD` in the stage that holds it.
    pub index: usize,
    /// The instruction.
    pub instruction: &'a Instruction,
    /// An `ONBUILD` of the base stage holds it.
    pub is_trigger: bool,
    /// What is known before it.
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
            // A word that cannot be expanded ends the build there; the values from before are the best that is known.
            let _ = environment.apply(instruction);
        }
        ends.push((environment, triggers));
    }
}

impl File {
    /// The ids of the secrets that RUN instructions mount, sorted; also of those that `ONBUILD` keeps for a later stage. An id that
    /// depends on a variable without a known value has the variable in it, as `${NAME}`.
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
