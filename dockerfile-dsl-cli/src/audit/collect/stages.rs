//! The stages of a file: what each is based on, whose files it takes, and which of them are in the image.

use dockerfile_dsl_analysis::{
    bases::Bases,
    dockerfile::{Environment, File, Kind, Mount, Visited, walk},
};

use crate::audit::model::Stage;

/// Returns the stages in order.
pub(super) fn stages(file: &File) -> Vec<Stage> {
    let global = Environment::new(file, Vec::new());
    let mut stages: Vec<Stage> = Vec::new();
    for (index, content) in file.stages.iter().enumerate() {
        let base = global
            .expand(&content.base)
            .unwrap_or_else(|_| content.base.to_string());
        let based_on = file.stage_named(&base, index);
        stages.push(Stage {
            name: content.name.as_ref().map(|name| name.name.clone()),
            base,
            based_on,
            files_of: Vec::new(),
            is_in_image: false,
        });
    }
    walk(file, Bases::NONE, |visited| {
        for name in sources_of(visited) {
            let number = name.parse().ok().filter(|number| *number < visited.stage);
            let of = file.stage_named(&name, visited.stage).or(number);
            if let Some(of) = of
                && let Some(stage) = stages.get_mut(visited.stage)
                && !stage.files_of.contains(&of)
            {
                stage.files_of.push(of);
                stage.files_of.sort_unstable();
            }
        }
    });
    let mut next = stages.len().checked_sub(1);
    while let Some(index) = next {
        stages[index].is_in_image = true;
        next = stages[index].based_on;
    }
    stages
}

/// Returns the names of the stages or images that an instruction takes files of.
fn sources_of(visited: &Visited<'_>) -> Vec<String> {
    match &visited.instruction.kind {
        Kind::Copy(transfer) | Kind::Add(transfer) => {
            transfer.from.iter().map(ToString::to_string).collect()
        }
        Kind::Run(run) => {
            let mounts = run.mounts.iter();
            let mounts = mounts.filter_map(|flag| visited.environment.mount(flag).ok());
            let from = |mount| match mount {
                Mount::Bind(bind) => bind.from,
                Mount::Cache(cache) => cache.from,
                _ => None,
            };
            mounts.filter_map(from).collect()
        }
        _ => Vec::new(),
    }
}
