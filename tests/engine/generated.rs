//! The reader beside the engine: mutated files, words that are put together by their grammar, and rendered models.
//!
//! In: files from a seed. Out: for both, the same verdict (`--call=check`), stages (`--call=targets`), parameters (`--call=outline`) and
//! image config. `ENGINE_CASES` compares more files than 20, `BUILDKIT_SEED` others.

use std::collections::{BTreeMap, BTreeSet};

use dockerfile_dsl_analysis::dockerfile::{self, File, Kind};
use dockerfile_dsl_tests::generated::known::{Difference, known};
use dockerfile_dsl_tests::generated::mutants::Mutants;
use dockerfile_dsl_tests::generated::target::{Config, Options, default_target};
use dockerfile_dsl_tests::generated::{
    choices, models, number_of, own_files, real_files, slots, stages,
};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::{Trial, third_party};
use serde_json::{Map, Value, json};

use crate::bake::{Bake, MOST_TARGETS, make_base};
use crate::builders::Engine;
use crate::import::side::contexts;

pub(crate) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [files_of_a_seed])
}

/// Every fifth file that can be built is built, too.
const BUILT: usize = 5;

/// A file, and what the reader says.
struct Case {
    name: String,
    text: String,
    file: Result<File, String>,
    contexts: Map<String, Value>,
}

impl Case {
    fn new(at: usize, text: &str) -> Self {
        let text = without_syntax(text);
        let syntax = dockerfile::read_syntax(&text);
        let file = dockerfile::read(&text).map_err(|errors| errors[0].to_string());
        let mut contexts = syntax.as_ref().map(contexts).unwrap_or_default();
        if let Ok(file) = &syntax {
            // It would be there instead of a later stage of that name.
            let end = file.stages.len();
            contexts.retain(|name, _| file.stage_named(name, end).is_none());
        }
        Self {
            name: format!("f{at}"),
            contexts,
            file,
            text,
        }
    }

    fn target(&self, bake: &Bake<'_>) -> (String, Value) {
        let name = bake.file(&format!("{}.Dockerfile", self.name), &self.text);
        let target = json!({ "context": ".", "dockerfile": name, "contexts": self.contexts });
        (self.name.clone(), target)
    }
}

/// Returns a text that asks no registry for a frontend.
fn without_syntax(text: &str) -> String {
    let mut text = text.to_owned();
    while let Some(at) = text.to_ascii_lowercase().find("syntax") {
        text.replace_range(at..at + "syntax".len(), "sintax");
    }
    text
}

fn files_of_a_seed(engine: &Engine) {
    make_base(engine);
    let bake = Bake::new(engine, "generated");
    let cases = number_of("ENGINE_CASES", 20);
    let mut rng = choices();
    let mut files = own_files();
    if let Ok(real) = &*third_party("real") {
        files.extend(real_files(real.path()));
    }
    let mutants = Mutants::of(files);
    let text = |at: usize| match at % 4 {
        0 => mutants.next(&mut rng),
        1 => slots::file(&mut rng),
        2 => models::rendered(&mut rng),
        _ => stages::rendered(&mut rng),
    };
    let texts: Vec<String> = (0..cases).map(text).collect();
    let cases: Vec<Case> = texts
        .iter()
        .enumerate()
        .map(|(at, text)| Case::new(at, text))
        .collect();
    let mut found = Found::default();
    let accepted = found.verdicts(&bake, &cases);
    let accepted: Vec<(&Case, &File)> = accepted
        .into_iter()
        .filter_map(|case| Some((case, case.file.as_ref().ok()?)))
        .collect();
    for some in accepted.chunks(MOST_TARGETS) {
        for method in ["targets", "outline"] {
            for (case, file, answer) in answers(&bake, some, method) {
                let difference = match method {
                    "targets" => stages(file, &answer),
                    _ => parameters(file, &answer),
                };
                found.note(case, difference);
            }
        }
    }
    let built: Vec<(&Case, &File)> = accepted
        .iter()
        .filter(|(_, file)| can_be_built(file))
        .step_by(BUILT)
        .copied()
        .collect();
    for some in built.chunks(MOST_TARGETS) {
        found.configs(&bake, some);
    }
    eprintln!(
        "{} files, {} accepted by both, {} built, {} with an image that is not there, known: {:?}",
        cases.len(),
        accepted.len(),
        built.len(),
        found.without_image,
        found.known
    );
    assert!(
        found.differences.is_empty(),
        "{}",
        found.differences.join("\n")
    );
    assert!(
        accepted.len() * 4 >= cases.len(),
        "only {} are accepted",
        accepted.len()
    );
    assert!(found.without_image * 10 <= cases.len());
}

/// Parts of the messages for flags that the frontend of the engine is built without.
const LABS: &[&str] = &[
    "unknown flag: --parents",
    "unknown flag: --security",
    "device feature is only supported in Dockerfile frontend 1.14.0-labs or later",
];

#[derive(Default)]
struct Found {
    differences: Vec<String>,
    known: BTreeMap<&'static str, usize>,
    /// Files whose verdict depends on an image.
    without_image: usize,
}

impl Found {
    fn note(&mut self, case: &Case, difference: Option<Difference>) {
        let Some(difference) = difference else {
            return;
        };
        let is_labs = matches!(&difference, Difference::WeAccept(reason)
            if LABS.iter().any(|part| reason.contains(part)));
        let name = is_labs.then_some("flags of labs");
        match name.or_else(|| known(&case.text, &difference).map(|known| known.name)) {
            Some(name) => *self.known.entry(name).or_default() += 1,
            None => self
                .differences
                .push(format!("{difference}\n{:?}\n{}", case.text, case.text)),
        }
    }

    /// Compares the verdicts, and returns the cases that both accept.
    fn verdicts<'c>(&mut self, bake: &Bake<'_>, cases: &'c [Case]) -> Vec<&'c Case> {
        let mut answers = Map::new();
        for some in cases.chunks(MOST_TARGETS) {
            let targets: Vec<_> = some.iter().map(|case| case.target(bake)).collect();
            // Its status says whether all files are without a warning.
            let output = bake
                .command(&targets, &["--call=check,format=json"])
                .output();
            answers.extend(targets_of(&output.expect("docker is there").stdout));
        }
        let mut accepted = Vec::new();
        for case in cases {
            let reason = answers[&case.name]["check"]["buildError"]["message"].as_str();
            let difference = match (&case.file, reason) {
                (_, Some(reason)) if is_about_an_image(reason) => {
                    self.without_image += 1;
                    None
                }
                (Ok(_), Some(reason)) => Some(Difference::WeAccept(reason.to_owned())),
                (Err(_), None) if is_refused_for_a_stage(bake, case) => None,
                (Err(reason), None) => Some(Difference::WeRefuse(reason.clone())),
                (Err(_), Some(_)) => None,
                (Ok(_), None) => {
                    accepted.push(case);
                    None
                }
            };
            self.note(case, difference);
        }
        accepted
    }

    /// Compares the image configs.
    fn configs(&mut self, bake: &Bake<'_>, cases: &[(&Case, &File)]) {
        let mut targets = Vec::new();
        let mut tags = Vec::new();
        for (case, file) in cases {
            let (name, mut target) = case.target(bake);
            let text = config_only(&case.text, file);
            target["dockerfile"] = json!(bake.file(&format!("{name}.config"), &text));
            let tag = bake.tag(&name);
            target["tags"] = json!([tag]);
            target["output"] = json!(["type=docker"]);
            // The store locks a config while it is written, and equal ones would be written at once.
            target["labels"] = json!({ UNIQUE: tag });
            targets.push((name, target));
            tags.push(tag);
        }
        bake.run(targets, &[]);
        for ((case, file), tag) in cases.iter().zip(&tags) {
            let image = |arguments: &[&str]| {
                let mut docker = bake.engine.docker();
                let output = docker.args(["image"]).args(arguments).arg(tag).output();
                output.expect("docker is there").stdout
            };
            let inspected: Value =
                serde_json::from_slice(&image(&["inspect"])).expect("it is JSON");
            image(&["rm", "--force"]);
            let mut theirs = config(&inspected[0]["Config"]);
            theirs.labels.remove(UNIQUE);
            let (_, mut ours) = default_target(file);
            if !ours.env.contains_key("PATH") {
                // BuildKit sets it for a base image without it.
                theirs.env.remove("PATH");
            }
            ours.workdir = dockerfile::clean_path(&ours.workdir);
            self.note(case, Difference::of_parts(&ours, &theirs));
        }
    }
}

/// A label of this test.
const UNIQUE: &str = "dockerfile-dsl.test";

fn targets_of(answer: &[u8]) -> Map<String, Value> {
    let mut answer: Value = serde_json::from_slice(answer).expect("it is JSON");
    let targets = answer["target"].as_object_mut();
    std::mem::take(targets.expect("it has targets"))
}

/// Whether a stage with a name cannot be built: without a target, what ONBUILD stored is read in those that the last one needs.
fn is_refused_for_a_stage(bake: &Bake<'_>, case: &Case) -> bool {
    let Ok(syntax) = dockerfile::read_syntax(&case.text) else {
        return false;
    };
    let names = syntax.stages.iter().filter_map(|stage| stage.name.as_ref());
    let targets: Vec<_> = names
        .enumerate()
        .map(|(at, name)| {
            let (_, mut target) = case.target(bake);
            target["target"] = json!(name.name);
            (format!("t{at}"), target)
        })
        .collect();
    let output = bake
        .command(&targets, &["--call=check,format=json"])
        .output();
    let answers = targets_of(&output.expect("docker is there").stdout);
    answers
        .values()
        .any(|answer| answer["check"]["buildError"].is_object())
}

/// Whether the engine would have to ask a registry.
fn is_about_an_image(reason: &str) -> bool {
    reason.contains("failed to resolve source metadata")
}

/// Returns what the engine answers to `--call=METHOD`.
fn answers<'c>(
    bake: &Bake<'_>,
    cases: &[(&'c Case, &'c File)],
    method: &str,
) -> Vec<(&'c Case, &'c File, Value)> {
    let targets = cases.iter().map(|(case, _)| case.target(bake)).collect();
    let answers = bake.run(targets, &[&format!("--call={method},format=json")]);
    let mut answers: Map<String, Value> = answers.iter().flat_map(|it| targets_of(it)).collect();
    let answer =
        |(case, file): &(&'c Case, &'c File)| (*case, *file, answers[&case.name][method].take());
    cases.iter().map(answer).collect()
}

/// Compares the stages.
fn stages(file: &File, answer: &Value) -> Option<Difference> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let theirs: Vec<_> = list(&answer["targets"])
        .map(|target| {
            let is_default = target["default"] == true;
            (
                text(&target["name"]),
                text(&target["base"]),
                text(&target["platform"]),
                is_default,
            )
        })
        .collect();
    let last = file.stages.len() - 1;
    let ours = file.stages.iter().enumerate().map(|(at, stage)| {
        let name = stage.name.as_ref().map(|name| name.name.clone());
        let platform = match &stage.from.kind {
            Kind::From(image) => image.platform.as_ref().map(ToString::to_string),
            _ => None,
        };
        let base = stage.base.to_string();
        (
            name.unwrap_or_default(),
            base,
            platform.unwrap_or_default(),
            at == last,
        )
    });
    Difference::of_parts(&ours.collect(), &theirs)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Compares the parameters of the last stage.
fn parameters(file: &File, answer: &Value) -> Option<Difference> {
    let (ours, _) = default_target(file);
    let value = |item: &Value| item["value"].as_str().unwrap_or_default().to_owned();
    let is_required = |item: &Value| item["required"] == true;
    differ(ours.arguments, &answer["args"], value)
        .or_else(|| differ(ours.secrets, &answer["secrets"], is_required))
        .or_else(|| differ(ours.agents, &answer["ssh"], is_required))
}

/// Compares names, each with one of several values.
fn differ<T: std::fmt::Debug + Ord + Clone>(
    mut ours: Options<T>,
    answer: &Value,
    value: impl Fn(&Value) -> T,
) -> Option<Difference> {
    let theirs: Options<T> = list(answer)
        .map(|item| {
            let name = item["name"].as_str().unwrap_or_default();
            (name.to_owned(), BTreeSet::from([value(item)]))
        })
        .collect();
    for (name, values) in &mut ours {
        if let Some(one) = theirs.get(name).filter(|one| one.is_subset(values)) {
            values.clone_from(one);
        }
    }
    Difference::of_parts(&ours, &theirs)
}

/// Whether the file is built without a file system: the directory of a WORKDIR would belong to a user of the base image.
fn can_be_built(file: &File) -> bool {
    let has = |is_it: fn(&Kind) -> bool| {
        file.instructions()
            .any(|(_, _, instruction)| is_it(&instruction.kind))
    };
    let has_user = has(|kind| matches!(kind, Kind::User(_)));
    let has_workdir = has(|kind| matches!(kind, Kind::Workdir(_)));
    let has_platform = has(|kind| matches!(kind, Kind::From(from) if from.platform.is_some()));
    let has_step = has(|kind| match kind {
        Kind::Onbuild(inner) => is_step(&inner.kind),
        _ => false,
    });
    !(has_platform || has_step || has_user && has_workdir)
}

/// Whether it needs files or a network, and does not change the config.
fn is_step(kind: &Kind) -> bool {
    matches!(kind, Kind::Run(_) | Kind::Copy(_) | Kind::Add(_))
}

/// Returns the text without RUN, COPY and ADD.
fn config_only(text: &str, file: &File) -> String {
    let mut text = text.to_owned();
    let mut spans: Vec<_> = file
        .instructions()
        .filter(|(_, _, instruction)| is_step(&instruction.kind))
        .map(|(_, _, instruction)| instruction.span)
        .collect();
    spans.sort();
    for span in spans.into_iter().rev() {
        text.replace_range(span.start..span.end, "");
    }
    text
}

/// Reads the image config of the engine.
fn config(value: &Value) -> Config {
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let strings = |value: &Value| -> Vec<String> {
        let texts = list(value).map(|text| text.as_str().unwrap_or_default().to_owned());
        texts.collect()
    };
    let keys = |name: &str| -> BTreeSet<String> {
        let object = value[name].as_object().into_iter();
        object.flat_map(|object| object.keys().cloned()).collect()
    };
    let labels = value["Labels"].as_object().into_iter().flatten();
    let labels =
        labels.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()));
    let env = strings(&value["Env"]).into_iter().map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((&pair, ""));
        (name.to_owned(), value.to_owned())
    });
    Config {
        env: env.collect(),
        workdir: text("WorkingDir"),
        user: text("User"),
        cmd: strings(&value["Cmd"]),
        entrypoint: strings(&value["Entrypoint"]),
        shell: strings(&value["Shell"]),
        labels: labels.collect(),
        volumes: keys("Volumes"),
        ports: keys("ExposedPorts"),
        signal: text("StopSignal"),
        healthcheck: strings(&value["Healthcheck"]["Test"]),
        triggers: list(&value["OnBuild"]).count(),
    }
}
