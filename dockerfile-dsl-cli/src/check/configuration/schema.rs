//! The JSON Schema of the configuration file, which editors use, and its page: both are kept equal to the code.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::Configuration;

fn document(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs")).join(name)
}

/// Returns the schema, with an empty list of the rules: `tests/tidy/documents.rs` keeps that equal to the code.
fn schema() -> Value {
    let mut schema = schemars::schema_for!(Configuration).to_value();
    schema["title"] = json!("dockerfile-dsl.toml");
    schema["properties"]["rules"]["propertyNames"] = json!({ "enum": [] });
    schema
}

/// `DOCKERFILE_DSL_UPDATE=1 cargo test -p dockerfile-dsl-cli schema` writes it.
#[test]
fn the_schema_is_that_of_the_code() {
    let path = document("dockerfile-dsl.schema.json");
    let mut expected = schema();
    let written = std::fs::read_to_string(&path).expect("can be read");
    let written: Value = serde_json::from_str(&written).expect("is JSON");
    let rules = "/properties/rules/propertyNames/enum";
    if let (Some(expected), Some(names)) = (expected.pointer_mut(rules), written.pointer(rules)) {
        *expected = names.clone();
    }
    if std::env::var_os("DOCKERFILE_DSL_UPDATE").is_some() {
        let text = serde_json::to_string_pretty(&expected).expect("is JSON") + "\n";
        std::fs::write(&path, text).expect("can be written");
        return;
    }
    assert!(written == expected, "{} is not up to date", path.display());
}

/// Returns the keys of an object of the schema.
fn keys(object: &Value) -> Vec<String> {
    let properties = object["properties"].as_object();
    properties
        .into_iter()
        .flatten()
        .map(|(key, _)| key.clone())
        .collect()
}

#[test]
fn the_page_has_every_key_and_its_examples_are_valid() {
    let page = std::fs::read_to_string(document("configuration.md")).expect("can be read");
    let schema = schema();
    let mut all = keys(&schema);
    for definition in schema["$defs"].as_object().into_iter().flatten() {
        all.extend(keys(definition.1));
    }
    assert!(all.len() > 12, "{all:?}");
    for key in all {
        let has = |form: String| page.contains(&form);
        assert!(
            has(format!("`{key}`")) || has(format!("`[{key}]`")) || has(format!("`[[{key}]]`")),
            "{key} is not on the page"
        );
    }
    let examples: Vec<&str> = page
        .split("```toml\n")
        .skip(1)
        .filter_map(|block| block.split("```").next())
        .collect();
    assert!(examples.len() >= 4);
    for example in examples {
        if let Err(error) = Configuration::parse(example) {
            panic!("{error}\n{example}");
        }
    }
}

#[test]
fn a_misspelt_rule_gets_a_suggestion() {
    let error = Configuration::parse("[rules]\nSecretInLayr = \"off\"").expect_err("is wrong");
    let expected = "unknown rule `SecretInLayr`, did you mean `SecretInLayer`? (";
    assert!(error.contains(expected), "{error}");
}
