//! A file and the text of its import, each for the built-in frontend and without images of a registry.
//!
//! In: a text that can be read. Out: forms of it that BuildKit reads or builds without a network.

use std::collections::BTreeSet;

use dockerfile_dsl_analysis::bases::Bases;
use dockerfile_dsl_analysis::dockerfile::{self, Environment, File, Kind, Mount, walk};
use serde_json::{Map, Value, json};

use crate::bake::BASE;

/// A file and the text of its import.
pub(super) struct Pair {
    pub(super) name: String,
    pub(super) original: Side,
    pub(super) rendered: Side,
}

impl Pair {
    pub(super) fn new(name: &str, original: &str, rendered: &str) -> Self {
        Self {
            name: name.to_owned(),
            original: Side::of(original),
            rendered: Side::of(rendered),
        }
    }

    pub(super) fn sides(&self) -> [&Side; 2] {
        [&self.original, &self.rendered]
    }
}

/// A text for the built-in frontend, as `# syntax=` would ask a registry for one.
pub(super) struct Side {
    pub(super) text: String,
    pub(super) file: File,
    /// The named contexts that replace its images.
    pub(super) contexts: Map<String, Value>,
}

impl Side {
    fn of(text: &str) -> Self {
        let read = dockerfile::read(text).expect("it was imported");
        let is_syntax = |directive: &&dockerfile::Directive| directive.name == "syntax";
        let text = match read.directives.iter().find(is_syntax) {
            Some(line) => {
                let after = text[line.span.end..].trim_start_matches(['\r', '\n']);
                text[..line.span.start].to_owned() + after
            }
            None => text.to_owned(),
        };
        let file = dockerfile::read(&text).expect("a directive less is no error");
        Self {
            contexts: contexts(&file),
            text,
            file,
        }
    }

    /// Returns the text with a stage that needs all others: BuildKit reads only what the target needs.
    pub(super) fn with_all_stages(&self) -> String {
        let copies = (0..self.file.stages.len()).map(|at| format!("COPY --from={at} / /{at}/\n"));
        format!(
            "{}\nFROM scratch\n{}",
            self.text,
            copies.collect::<String>()
        )
    }

    /// Returns the text up to the end of a stage, without RUN, COPY and ADD. BuildKit finds a stage without a name only at the end.
    pub(super) fn config_of(&self, stage: usize) -> String {
        let next = self.file.stages.get(stage + 1);
        let end = next.map_or(self.text.len(), |next| next.from.span.start);
        let mut text = self.text[..end].to_owned();
        let instructions: Vec<_> = self.file.instructions().collect();
        for (_, _, instruction) in instructions.into_iter().rev() {
            let is_left_out = matches!(
                instruction.kind,
                Kind::Run(_) | Kind::Copy(_) | Kind::Add(_)
            );
            if is_left_out && instruction.span.end <= end {
                text.replace_range(instruction.span.start..instruction.span.end, "");
            }
        }
        text
    }
}

/// Returns the named contexts that replace the images of a file.
pub(crate) fn contexts(file: &File) -> Map<String, Value> {
    let contexts = images(file).into_iter().map(|name| {
        let name = name.trim_start_matches("docker.io/");
        let name = name
            .trim_start_matches("library/")
            .trim_end_matches(":latest");
        (name.to_owned(), json!(format!("docker-image://{BASE}")))
    });
    contexts.collect()
}

/// Returns the images that a file takes something from.
fn images(file: &File) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let global = Environment::new(file, Vec::new());
    for (at, stage) in file.stages.iter().enumerate() {
        let name = global.expand(&stage.base).unwrap_or_default();
        if file.stage_named(&name, at).is_none() {
            names.insert(name);
        }
    }
    walk(file, Bases::NONE, |visited| {
        let mut sources = Vec::new();
        match &visited.instruction.kind {
            Kind::Copy(transfer) => sources.extend(transfer.from.as_ref().map(ToString::to_string)),
            Kind::Run(run) => {
                for flag in &run.mounts {
                    match visited.environment.mount(flag) {
                        Ok(Mount::Bind(bind)) => sources.extend(bind.from),
                        Ok(Mount::Cache(cache)) => sources.extend(cache.from),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        let is_image = |name: &String| {
            file.stage_named(name, visited.stage).is_none() && name.parse::<usize>().is_err()
        };
        names.extend(sources.into_iter().filter(is_image));
    });
    names.retain(|name| name != "scratch" && !name.is_empty());
    names
}
