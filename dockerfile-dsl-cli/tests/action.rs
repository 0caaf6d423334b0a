//! The script of `action.yml`: its inputs are arguments of `check`, and its status is that of the check.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const LEAK: &str =
    "FROM alpine\nRUN --mount=type=secret,id=t,required=true cat /run/secrets/t > /t\n";
const WARNING: &str =
    "FROM alpine\nCOPY . .\nRUN --mount=type=secret,id=t,env=T,required=true make\n";
const CLEAN: &str = "FROM alpine\nRUN true\n";

/// Runs the script in a folder with these inputs.
fn action(folder: &Path, inputs: &[(&str, &str)]) -> Output {
    let tool = Path::new(env!("CARGO_BIN_EXE_dockerfile-dsl"));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.github/action/check.sh");
    let mut path = vec![tool.parent().expect("it is in a folder").to_path_buf()];
    path.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    Command::new("bash")
        .arg(script)
        .current_dir(folder)
        .env("PATH", std::env::join_paths(path).expect("it is a list"))
        .envs(inputs.iter().copied())
        .output()
        .expect("bash runs")
}

#[track_caller]
fn check(inputs: &[(&str, &str)], status: i32, annotation: &str) {
    let folder = tempfile::tempdir().expect("can be made");
    for (name, text) in [("leak", LEAK), ("warning", WARNING), ("a clean", CLEAN)] {
        fs::create_dir(folder.path().join(name)).expect("can be made");
        fs::write(folder.path().join(name).join("Dockerfile"), text).expect("can be written");
    }
    let output = action(folder.path(), inputs);
    let shown = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{shown}{errors}");
    assert!(shown.contains(annotation), "{shown}{errors}");
    if let Some((_, sarif)) = inputs.iter().find(|(name, _)| *name == "SARIF") {
        let report = fs::read_to_string(folder.path().join(sarif)).expect("it was written");
        assert!(report.contains("SecretInLayer"), "{report}");
    }
}

#[test]
fn whole_repository_without_inputs() {
    check(&[], 1, "::error file=leak/Dockerfile,line=2");
}

#[test]
fn paths_one_a_line() {
    check(
        &[("PATHS", "a clean/Dockerfile\n\nwarning\n")],
        0,
        "::warning file=warning/Dockerfile",
    );
    check(&[("PATHS", "a clean")], 0, "");
}

#[test]
fn strict_makes_warnings_errors() {
    let paths = ("PATHS", "warning");
    check(
        &[paths, ("STRICT", "true")],
        1,
        "::error file=warning/Dockerfile",
    );
    check(&[paths, ("STRICT", "false")], 0, "::warning");
}

#[test]
fn report_in_sarif_keeps_the_status() {
    check(&[("SARIF", "report.sarif")], 1, "::error");
}

#[test]
fn missing_configuration_is_an_error() {
    check(&[("CONFIG", "missing.toml")], 2, "");
}
