//! Numbers of stages.
//!
//! In: stages, in the order of a file. Out: the number of a stage. Two stages that are equal are one.

use std::collections::HashMap;

use crate::stage::Stage;

/// A set of stages, each with its number.
#[derive(Default)]
pub(crate) struct StageTable {
    /// By depth and name, so that few are compared.
    stages: HashMap<Key, Vec<(Stage, usize)>>,
}

/// The depth and the name of a stage.
type Key = (usize, Option<String>);

impl StageTable {
    /// Returns the number of a stage.
    pub(crate) fn number(&self, stage: &Stage) -> Option<usize> {
        let alike = self.stages.get(&key(stage))?;
        let found = alike.iter().find(|(known, _)| known == stage);
        found.map(|(_, number)| *number)
    }

    /// Adds a stage.
    pub(crate) fn insert(&mut self, stage: &Stage, number: usize) {
        let alike = self.stages.entry(key(stage)).or_default();
        alike.push((stage.clone(), number));
    }
}

fn key(stage: &Stage) -> Key {
    (stage.depth(), stage.name().map(str::to_owned))
}
