//! Imported files as BuildKit reads them: the same targets, outline, steps and image config as the original.
//!
//! The text of an import is compared four times. `--call=targets` and `--call=outline` are BuildKit's own answers. The steps are the
//! digests of its low-level build definition (LLB), which it announces before a step runs: equal digests are equal steps, with their
//! arguments, mounts, variables, user and directory. The image config is that of the file without RUN, COPY and ADD, as they need files
//! and a network, and do not change the config.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use dockerfile_dsl_tests::compiler::Compiler;
use dockerfile_dsl_tests::imported::{Files, Imported, rendered};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::{ThirdParty, Trial, both, third_party};
use serde_json::{Map, Value, json};

use crate::bake::{Bake, make_base, succeeded};
use crate::builders::{Engine, with_input};
use crate::server::{Response, Server};

pub(crate) mod side;

use side::{Pair, Side};

#[path = "../data/import/engine.rs"]
#[expect(unreachable_pub, reason = "a module of another crate")]
mod imported;

const ORIGINAL: &str = include_str!("../data/import/engine.Dockerfile");

pub(crate) fn trials() -> Vec<Trial> {
    let engine = Engine::find();
    let mut trials = trials!(&engine, [the_committed_import, own_files]);
    let with = |name| both(&engine, &third_party(name));
    trials.extend(trials!(&with("real"), [real]));
    trials.extend(trials!(&with("real-2"), [real_2]));
    trials.extend(trials!(&with("wholefile"), [wholefile]));
    trials.extend(trials!(&with("wholefile-2"), [wholefile_2]));
    trials
}

/// Steps with another digest and the same effect, with the reason: the name of the file, and a part of the step.
const OTHER_STEPS: &[(&str, &str, &str)] = &[
    (
        "engine",
        "--mount=type=ssh",
        "without `id` the frontend writes none into the step, and BuildKit takes `default`",
    ),
    (
        "082-heredoc-cat-quoted",
        "cat <<'EOF' > /etc/app.env",
        "a command with a here-document gets a line end when it is a here-document itself",
    ),
];

fn the_committed_import(engine: &Engine) {
    let image = imported::image().expect("it has no finding");
    let pair = Pair::new("engine", ORIGINAL, image.as_str());
    same(engine, "committed", &[pair]);
}

fn own_files(engine: &Engine) {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/wholefile");
    corpus(engine, "own", &data);
}

fn real((engine, folder): &(Engine, ThirdParty)) {
    corpus(engine, "real", folder.path());
}

fn real_2((engine, folder): &(Engine, ThirdParty)) {
    corpus(engine, "real-2", folder.path());
}

fn wholefile((engine, folder): &(Engine, ThirdParty)) {
    corpus(engine, "wholefile", folder.path());
}

fn wholefile_2((engine, folder): &(Engine, ThirdParty)) {
    corpus(engine, "wholefile-2", folder.path());
}

/// Compares each clean file of a folder with the text that its compiled import renders.
fn corpus(engine: &Engine, name: &str, folder: &Path) {
    let files = Files::of(folder);
    let clean: Vec<&Imported> = files
        .imported
        .iter()
        .filter(|file| file.is_clean())
        .collect();
    assert!(!clean.is_empty());
    let compiler =
        Compiler::beside_this_test(concat!(env!("CARGO_TARGET_TMPDIR"), "/engine-import"));
    let mut pairs: Vec<Pair> = Vec::new();
    for (file, text) in rendered(&compiler, name, &clean) {
        // Most macros render what the calls render.
        let is_known = |pair: &Pair| pair.name == file.name && pair.rendered.text == text;
        if !pairs.last().is_some_and(is_known) {
            pairs.push(Pair::new(&file.name, &file.text, &text));
        }
    }
    same(engine, name, &pairs);
}

fn same(engine: &Engine, name: &str, pairs: &[Pair]) {
    make_base(engine);
    let bake = Bake::new(engine, &format!("import-{name}"));
    let mut differences = Vec::new();
    differences.extend(same_answers(&bake, "targets", pairs, |side| {
        side.text.clone()
    }));
    differences.extend(same_answers(&bake, "outline", pairs, Side::with_all_stages));
    differences.extend(same_configs(&bake, pairs));
    differences.extend(same_steps(engine, pairs));
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// Compares what BuildKit answers to `--call=METHOD`.
fn same_answers(
    bake: &Bake<'_>,
    method: &str,
    pairs: &[Pair],
    text: impl Fn(&Side) -> String,
) -> Vec<String> {
    let mut targets = Vec::new();
    for (index, pair) in pairs.iter().enumerate() {
        for (which, side) in pair.sides().into_iter().enumerate() {
            let target = json!({
                "context": ".",
                "dockerfile-inline": text(side),
                "contexts": side.contexts,
            });
            targets.push((format!("f{index}-{which}"), target));
        }
    }
    let mut answers = Map::new();
    for answer in bake.run(targets, &[&format!("--call={method},format=json")]) {
        let mut answer: Value = serde_json::from_slice(&answer).expect("it is JSON");
        answers.extend(std::mem::take(
            answer["target"].as_object_mut().expect("it has targets"),
        ));
    }
    let mut differences = Vec::new();
    for (index, pair) in pairs.iter().enumerate() {
        let [original, rendered] = [0, 1].map(|which| {
            let answer = &answers[&format!("f{index}-{which}")][method];
            assert!(answer.is_object(), "no {method} of {}", pair.name);
            without_places(answer.clone())
        });
        if original != rendered {
            let (name, text) = (&pair.name, &pair.rendered.text);
            differences.push(format!(
                "{name}: {method}\n{original:#}\n{rendered:#}\n{text}"
            ));
        }
    }
    differences
}

/// Removes the places in the text and the text itself, and sorts the lists: secrets are in the order of a map. A stage without a name may
/// have BuildKit's own name for it.
fn without_places(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let is_own_name = |key: &str, value: &Value| {
                key == "name"
                    && value
                        .as_str()
                        .is_some_and(|name| name.starts_with("stage-"))
            };
            let is_left_out = |key: &str, value: &Value| {
                matches!(key, "location" | "sources") || is_own_name(key, value)
            };
            let kept = fields
                .into_iter()
                .filter(|(key, value)| !is_left_out(key, value));
            kept.map(|(key, value)| (key, without_places(value)))
                .collect()
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(without_places).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        other => other,
    }
}

/// A label of this test.
const UNIQUE: &str = "dockerfile-dsl.test";

/// Compares the image config that each stage ends with.
fn same_configs(bake: &Bake<'_>, pairs: &[Pair]) -> Vec<String> {
    let mut targets = Vec::new();
    let mut tags = Vec::new();
    for (index, pair) in pairs.iter().enumerate() {
        for stage in 0..pair.original.file.stages.len() {
            for (which, side) in pair.sides().into_iter().enumerate() {
                let name = format!("f{index}-{stage}-{which}");
                let tag = bake.tag(&name);
                let target = json!({
                    "context": ".",
                    "dockerfile-inline": side.config_of(stage),
                    "contexts": side.contexts,
                    "tags": [tag],
                    // The store locks a config while it is written, and equal ones would be written at once.
                    "labels": { UNIQUE: tag },
                    "output": ["type=docker"],
                });
                targets.push((name, target));
                tags.push((pair, stage, tag));
            }
        }
    }
    bake.run(targets, &[]);
    let images = |arguments: &[&str]| {
        let mut docker = bake.engine.docker();
        docker
            .args(arguments)
            .args(tags.iter().map(|(_, _, tag)| tag));
        let output = docker.output().expect("docker is there");
        succeeded(&output).to_owned()
    };
    let inspected = images(&["image", "inspect"]);
    images(&["image", "rm", "--force"]);
    let mut inspected: Vec<Value> = serde_json::from_slice(&inspected).expect("it is JSON");
    assert_eq!(inspected.len(), tags.len());
    for image in &mut inspected {
        let labels = image["Config"]["Labels"].as_object_mut();
        labels
            .expect("it has one")
            .remove(UNIQUE)
            .expect("it has this one");
    }
    let mut differences = Vec::new();
    for (two, of) in inspected.chunks(2).zip(tags.chunks(2)) {
        let [original, rendered] = [&two[0]["Config"], &two[1]["Config"]];
        if original != rendered {
            let (pair, stage, _) = &of[0];
            let name = &pair.name;
            differences.push(format!(
                "{name}: config of stage {stage}\n{original:#}\n{rendered:#}"
            ));
        }
    }
    differences
}

/// Compares the steps.
fn same_steps(engine: &Engine, pairs: &[Pair]) -> Vec<String> {
    // An empty archive as the build context: that of a folder has an identity in each build.
    let archive = Command::new("tar")
        .args(["--create", "--no-recursion", "--directory=/", "."])
        .output()
        .expect("tar is there");
    let archive = succeeded(&archive).to_owned();
    let server = Server::start(move |_| Response::new(200, archive.clone()));
    let mut differences = Vec::new();
    for (index, pair) in pairs.iter().enumerate() {
        let context = format!("{}/{index}.tar", server.origin());
        let [mut original, mut rendered] = [Steps::new(), Steps::new()];
        // A build that fails at once may end before all of its steps were announced.
        for _ in 0..BUILDS {
            let [one, other] = pair.sides().map(|side| steps(engine, side, &context));
            original.extend(one);
            rendered.extend(other);
            if original.keys().eq(rendered.keys()) {
                break;
            }
        }
        let only = |one: &Steps, other: &Steps| -> Vec<String> {
            let mut lines: Vec<String> = one
                .iter()
                .filter(|(digest, _)| !other.contains_key(*digest))
                .map(|(_, name)| name.clone())
                .collect();
            lines.sort();
            lines
        };
        let (lost, added) = (only(&original, &rendered), only(&rendered, &original));
        if let Some((_, step, _)) = OTHER_STEPS.iter().find(|(name, ..)| *name == pair.name) {
            assert!(
                lost.iter().any(|name| name.contains(step)),
                "{step} is the same now"
            );
            // The steps after it differ, too.
            assert_eq!(lost.len(), added.len(), "{}", pair.name);
            continue;
        }
        if !lost.is_empty() || !added.is_empty() {
            let name = &pair.name;
            differences.push(format!("{name}: steps\n- {lost:#?}\n+ {added:#?}"));
        }
    }
    differences
}

/// Max. builds of a file whose steps differ.
const BUILDS: usize = 3;

/// The names of steps, by their digests.
type Steps = BTreeMap<String, String>;

/// Returns the steps of a whole file.
fn steps(engine: &Engine, side: &Side, context: &str) -> Steps {
    let mut build = engine.docker();
    build.args(["buildx", "build", "--progress=rawjson", "--file=-"]);
    for (name, image) in &side.contexts {
        let image = image.as_str().unwrap_or_default();
        build.arg(format!("--build-context={name}={image}"));
    }
    build.arg(context);
    let output = with_input(&mut build, &side.with_all_stages());
    let progress = String::from_utf8_lossy(&output.stderr);
    let mut steps = Steps::new();
    for line in progress.lines() {
        let Ok(line) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        for vertex in line["vertexes"].as_array().into_iter().flatten() {
            let (Some(digest), Some(name)) = (vertex["digest"].as_str(), vertex["name"].as_str())
            else {
                continue;
            };
            // Not the build context, and not the image that a file without a failing step becomes.
            if name.starts_with('[') && !name.starts_with("[internal]") {
                steps.insert(digest.to_owned(), name.to_owned());
            }
        }
    }
    let last = format!("COPY --from={0} / /{0}/", side.file.stages.len() - 1);
    assert!(
        steps.values().any(|name| name.ends_with(&last)),
        "{progress}"
    );
    steps
}
