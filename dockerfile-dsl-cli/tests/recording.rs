//! The recording of check, fix and check: what the tool writes on a terminal, as a picture that plays.

mod place;

use std::path::Path;
use std::process::Command;

use dockerfile_dsl_tests::terminal::{self, Scene};
use place::{Place, text};

const COLUMNS: usize = 100;

const DOCKERFILE: &str = "FROM node:22
WORKDIR /app
COPY package*.json ./
RUN --mount=type=secret,id=npmrc,required=true \\
    cp /run/secrets/npmrc /root/.npmrc && npm ci
";

/// Runs a line of the recording with colours.
fn scene(place: &Place, line: &str, status: i32) -> Scene {
    let mut words = line.split(' ');
    let program = match words.next() {
        Some("dockerfile-dsl") => env!("CARGO_BIN_EXE_dockerfile-dsl"),
        program => program.expect("has a program"),
    };
    let mut command = Command::new(program);
    command.args(words).current_dir(place.path());
    if line.starts_with("dockerfile-dsl") {
        command.args(["--color", "always"]);
    }
    let output = command.output().expect("can be run");
    assert_eq!(output.status.code(), Some(status), "{line}");
    let shown = text(&output.stdout) + &text(&output.stderr);
    Scene {
        command: line.to_owned(),
        output: terminal::wrapped(terminal::ansi(&shown), COLUMNS),
    }
}

#[test]
fn check_fix_check() {
    let place = Place::with(&[("Dockerfile", DOCKERFILE)]);
    let scenes = [
        scene(&place, "dockerfile-dsl check", 1),
        scene(&place, "dockerfile-dsl check --fix", 0),
        scene(&place, "tail -n 2 Dockerfile", 0),
        scene(&place, "dockerfile-dsl check", 0),
    ];
    let recording = terminal::recording(
        "A check, its fix, and the check again",
        "The check reports that the value of npmrc is written to /root/.npmrc, which becomes part \
         of the image layer. check --fix removes the file at the end of the step. The check \
         reports nothing.",
        &scenes,
    );
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pictures/check-fix-check.svg");
    terminal::compare(&recording, &file);
}
