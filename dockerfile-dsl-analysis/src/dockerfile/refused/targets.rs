//! The stages that a build can reach: named stages and the last one can be the target, and each brings those that it takes files from.
//!
//! BuildKit reads what ONBUILD stored only in these.

use crate::dockerfile::{Environment, File, Instruction, Kind};

/// Returns for each stage whether a build can reach it. `global`: the state after the global ARGs.
pub(super) fn reachable(file: &File, global: &Environment) -> Vec<bool> {
    let count = file.stages.len();
    // Of a name that is defined twice the last stage is the target.
    let is_target = |index: &usize| {
        index + 1 == count
            || file.stages[*index]
                .name
                .as_ref()
                .is_some_and(|name| file.stage_named(&name.name, count) == Some(*index))
    };
    let mut is_reachable = vec![false; count];
    let mut next: Vec<usize> = (0..count).filter(is_target).collect();
    while let Some(index) = next.pop() {
        if std::mem::replace(&mut is_reachable[index], true) {
            continue;
        }
        let base = base(file, index, global);
        next.extend(base);
        let triggers = base.into_iter().flat_map(|base| triggers(file, base));
        let instructions = file.stages[index].instructions.iter().chain(triggers);
        let numbers = instructions.filter_map(number_of_source);
        next.extend(numbers.filter(|number| *number < count));
    }
    is_reachable
}

/// Returns the earlier stage that a stage is based on.
fn base(file: &File, index: usize, global: &Environment) -> Option<usize> {
    let base = global.expand(&file.stages[index].base).ok()?;
    let found = file.stage_named(&base, index)?;
    let name = file.stages[found].name.as_ref()?;
    (name.name == base).then_some(found)
}

fn triggers(file: &File, stage: usize) -> impl Iterator<Item = &Instruction> {
    let instructions = file.stages[stage].instructions.iter();
    instructions.filter_map(|instruction| match &instruction.kind {
        Kind::Onbuild(inner) => Some(&**inner),
        _ => None,
    })
}

/// Returns the number in `COPY --from=1`. A name is that of a target.
fn number_of_source(instruction: &Instruction) -> Option<usize> {
    match &instruction.kind {
        Kind::Copy(transfer) => transfer.from.as_ref()?.parse().ok(),
        _ => None,
    }
}
