//! The baseline of a repository that is checked in parts, from several folders.

mod place;

use std::process::Command;

use place::{Place, text};
use serde_json::Value;

const NAMED: &str = "FROM alpine\nARG API_TOKEN\n";

/// Returns the paths in a baseline.
fn paths(place: &Place, name: &str) -> Vec<String> {
    let file = std::fs::read(place.path().join(name)).expect("can be read");
    let baseline: Value = serde_json::from_slice(&file).expect("is JSON");
    let findings = baseline["findings"].as_array().cloned().unwrap_or_default();
    let path = |known: &Value| known["path"].as_str().unwrap_or_default().to_owned();
    findings.iter().map(path).collect()
}

#[test]
fn an_update_keeps_what_it_was_not_asked_about() {
    let place = Place::with(&[("a/Dockerfile", NAMED), ("b/Dockerfile", NAMED)]);
    place.check_status(&["--baseline", "known.json", "--update-baseline"], 0);
    assert_eq!(
        paths(&place, "known.json"),
        ["a/Dockerfile", "b/Dockerfile"]
    );
    place.write("a/Dockerfile", "FROM alpine\n");
    place.check_status(&["--baseline", "known.json", "--update-baseline", "a"], 0);
    assert_eq!(paths(&place, "known.json"), ["b/Dockerfile"]);
    place.check_status(&["--strict", "--baseline", "known.json"], 0);
    // A file that cannot be read keeps its entries, one that is gone does not.
    place.write("b/Dockerfile", "RUNN\n");
    place.check_status(&["--baseline", "known.json", "--update-baseline"], 2);
    assert_eq!(paths(&place, "known.json"), ["b/Dockerfile"]);
    std::fs::remove_file(place.path().join("b/Dockerfile")).expect("can be removed");
    place.check_status(&["--baseline", "known.json", "--update-baseline", "a"], 0);
    assert_eq!(paths(&place, "known.json"), [""; 0]);
}

#[test]
fn paths_are_relative_to_its_folder() {
    let place = Place::with(&[("ci/x", ""), ("web/Dockerfile", NAMED)]);
    place.check_status(&["--baseline", "ci/known.json", "--update-baseline"], 0);
    assert_eq!(paths(&place, "ci/known.json"), ["../web/Dockerfile"]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_dockerfile-dsl"));
    command
        .args([
            "check",
            "--strict",
            "--baseline",
            "../ci/known.json",
            "Dockerfile",
        ])
        .current_dir(place.path().join("web"));
    let output = command.output().expect("can be run");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn stale_entries_are_those_of_checked_files() {
    let place = Place::with(&[("a/Dockerfile", NAMED), ("b/Dockerfile", NAMED)]);
    place.check_status(&["--baseline", "known.json", "--update-baseline"], 0);
    let told = |arguments: &[&str]| {
        let all = [&["--baseline", "known.json"], arguments].concat();
        text(&place.run(&all).stderr)
    };
    assert!(!told(&["a"]).contains("no longer match"));
    place.write("a/Dockerfile", "FROM alpine\n");
    assert!(!told(&["b"]).contains("no longer match"));
    let note = "1 baseline entry no longer matches: a/Dockerfile (SecretsUsedInArgOrEnv)";
    assert!(told(&[]).contains(note), "{}", told(&[]));
    std::fs::remove_file(place.path().join("a/Dockerfile")).expect("can be removed");
    assert!(told(&["b"]).contains(note), "{}", told(&["b"]));
}

#[test]
fn a_malformed_baseline_is_not_replaced() {
    let place = Place::with(&[
        ("Dockerfile", NAMED),
        ("known.json", "{\"version\":99,\"findings\":[]}"),
    ]);
    place.check_status(&["--baseline", "known.json", "--update-baseline"], 2);
    let kept = std::fs::read_to_string(place.path().join("known.json")).expect("can be read");
    assert!(kept.contains("99"), "{kept}");
}
