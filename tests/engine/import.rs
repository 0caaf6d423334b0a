//! An imported file as BuildKit reads it: the outline and the targets are those of the original.

use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;
use serde_json::Value;

use crate::builders::Engine;

#[path = "../data/import/engine.rs"]
#[expect(unreachable_pub, reason = "a module of another crate")]
mod imported;

const ORIGINAL: &str = include_str!("../data/import/engine.Dockerfile");

pub(crate) fn trials() -> Vec<Trial> {
    trials!(
        &Engine::find(),
        [buildkit_reads_the_same_outline_and_targets]
    )
}

fn buildkit_reads_the_same_outline_and_targets(engine: &Engine) {
    let image = imported::image().expect("it has no finding");
    for method in ["outline,format=json", "targets,format=json"] {
        let read = |text: &str| {
            let output = engine.call(method, text);
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{method}: {errors}");
            let answer = serde_json::from_slice(&output.stdout).expect("it is JSON");
            without_places(answer)
        };
        assert_eq!(read(ORIGINAL), read(image.as_str()), "{method}");
    }
}

/// Removes the places in the text and the text itself, and sorts the lists: secrets are in the order of a map.
fn without_places(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let is_place = |key: &str| matches!(key, "location" | "sources" | "description");
            let kept = fields.into_iter().filter(|(key, _)| !is_place(key));
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
