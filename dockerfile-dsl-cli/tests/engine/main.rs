//! The tool with real builders: repaired repositories are built, and `build` is run.
//!
//! Needs `.ci/engine start`. Without it the tests are ignored with that reason; where `CI=true` is set they fail.

mod build;
mod callers;
#[path = "../place/mod.rs"]
mod place;

use std::process::{ExitCode, Output};

use dockerfile_dsl_tests::engine::Builders;

/// The value of every secret: no text of a test contains it.
const VALUE: &str = "x7KqZt9RmW2vB4nD8sF1pL";

fn main() -> ExitCode {
    let builders = Builders::find();
    let trials = [build::trials(&builders), callers::trials(&builders)];
    dockerfile_dsl_tests::trials::main(trials.into_iter().flatten().collect())
}

/// What a process printed. None may print the value.
#[track_caller]
fn told(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(!text.contains(VALUE), "{}", text.replace(VALUE, "VALUE"));
    text
}

/// Asserts the status of a process, and returns what it printed.
#[track_caller]
fn check(output: &Output, status: i32) -> String {
    let text = told(output);
    assert_eq!(output.status.code(), Some(status), "{text}");
    text
}

/// Whether the store has an image, under any name that contains the text.
fn has_image(builders: &Builders, name: &str) -> bool {
    let mut list = builders.command("docker");
    list.args(["image", "ls", "--format", "{{.Repository}}:{{.Tag}}"]);
    let output = list.output().expect("docker is there");
    check(&output, 0).lines().any(|line| line.contains(name))
}

/// Removes an image, if it is there.
fn remove_image(builders: &Builders, name: &str) {
    let mut remove = builders.command("docker");
    let output = remove.args(["image", "rm", "--force", name]).output();
    told(&output.expect("docker is there"));
}
