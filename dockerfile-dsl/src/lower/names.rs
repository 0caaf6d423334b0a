//! Names of stages: each stage that is referred to gets one, and an image cannot be confused with a stage.

use std::collections::{HashMap, HashSet};

use crate::instruction::Origin;
use crate::pen::StageTable;
use crate::problem::Problems;
use crate::stage::{Base, Stage};

/// Returns each stage with its name in the file; generates a name for a stage that is referred to.
pub(super) fn named(
    order: &[Stage],
    numbers: &StageTable,
    problems: &mut Problems,
) -> Vec<(Stage, Option<String>)> {
    let mut taken: HashSet<&str> = HashSet::new();
    let mut is_referred = vec![false; order.len()];
    for stage in order {
        taken.extend(stage.name());
        taken.extend(images(stage));
        for part in stage.parts() {
            if let Some(at) = numbers.number(&part) {
                is_referred[at] = true;
            }
        }
    }
    let mut first_of: HashMap<String, usize> = HashMap::new();
    let mut named: Vec<(Stage, Option<String>)> = Vec::new();
    for (index, stage) in order.iter().enumerate() {
        let name = match stage.name() {
            Some(name) => Some(name.to_owned()),
            None if is_referred[index] => {
                let mut name = format!("stage-{index}");
                while taken.contains(name.as_str()) {
                    name.push('_');
                }
                Some(name)
            }
            None => None,
        };
        let first = name.as_ref().and_then(|name| first_of.get(name));
        if let (Some(first), Some(name)) = (first, &name) {
            problems.place = place(index, Some(name));
            problems.wrong(format!(
                "stage {first} is a different stage with the same name: give one of them another \
                 name"
            ));
        }
        if let Some(name) = &name {
            first_of.entry(name.clone()).or_insert(index);
        }
        named.push((stage.clone(), name));
    }
    named
}

/// Returns the images of a stage that BuildKit would resolve as a stage name first.
fn images(stage: &Stage) -> Vec<&str> {
    let mut images = Vec::new();
    if let Base::Image(image) = &stage.content().base {
        images.push(image.content.as_str());
    }
    for step in &stage.content().steps {
        for origin in step.instruction.origins() {
            if let Origin::Image(image) = origin {
                images.push(image.as_str());
            }
        }
    }
    images
}

/// BuildKit looks for a stage before it looks for an image.
pub(super) fn check_names(stages: &[(Stage, Option<String>)], problems: &mut Problems) {
    let mut earlier: HashSet<String> = HashSet::new();
    for (index, (stage, name)) in stages.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|at| stages[at].1.as_ref());
        earlier.extend(before.map(|name| name.to_ascii_lowercase()));
        for image in images(stage) {
            if earlier.contains(&image.to_ascii_lowercase()) {
                problems.place = place(index, name.as_deref());
                problems.wrong(format!(
                    "`{image}` is the name of a stage here, not an image: pass the `Stage`, or \
                     give the image its registry"
                ));
            }
        }
    }
}

/// Returns ``stage `build` `` or `stage 2`.
pub(super) fn place(index: usize, name: Option<&str>) -> String {
    name.map_or_else(
        || format!("stage {index}"),
        |name| format!("stage `{}`", name.escape_debug()),
    )
}
