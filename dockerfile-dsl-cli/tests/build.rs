//! `dockerfile-dsl build` with a script as docker: what is built, named and pushed, and the exit status.
#![cfg(unix)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Output};

use support::{SECRET, TOKEN, archive};

const TEXT: &str =
    "FROM debian\nRUN --mount=type=secret,id=TOKEN,required=true test -s /run/secrets/TOKEN\n";

/// Answers as Docker 28 with its own image store does, and records its calls.
const DOCKER: &str = r#"#!/bin/sh
cd "$(dirname "$0")/.."
case "$*" in
version*) echo 28.3.0; exit;;
'buildx version') echo v0.25.0; exit;;
'buildx inspect'*) printf 'Driver: docker\nBuildKit version: v0.23.0\n'; exit;;
'context show') echo default; exit;;
info*) echo '[]'; exit;;
esac
echo "$*" >>calls
case $1 in
build) cat progress >&2; exit "$(cat status)";;
save) cat image.tar;;
push) echo pushed; exit "$(cat push-status)";;
esac
"#;

/// A folder with a Dockerfile, and the script on its PATH.
struct Place(tempfile::TempDir);

impl Place {
    fn new(content: &str) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::create_dir(place.path("bin")).unwrap();
        let program = place.path("bin/docker");
        fs::write(&program, DOCKER).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        place.write("Dockerfile", TEXT);
        place.write("status", "0");
        place.write("push-status", "0");
        let progress = r#"{"vertexes":[{"digest":"1","name":"[2/2] RUN --mount=type=secret,id=TOKEN x","completed":"t"}]}"#;
        place.write("progress", &format!("{progress}\n"));
        fs::write(place.path("image.tar"), archive("root/.netrc", content)).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn build(&self, arguments: &[&str]) -> Output {
        let path = std::env::var("PATH").unwrap();
        Command::new(env!("CARGO_BIN_EXE_dockerfile-dsl"))
            .arg("build")
            .args(arguments)
            .current_dir(self.0.path())
            .env("PATH", format!("{}:{path}", self.path("bin").display()))
            .env_remove("BUILDX_BUILDER")
            .env_remove("DOCKER_BUILDKIT")
            .env("TOKEN", TOKEN)
            .output()
            .unwrap()
    }

    /// Returns the first word of each call.
    fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.path("calls")).unwrap_or_default();
        let words = calls
            .lines()
            .map(|call| call.split(' ').next().unwrap_or(""));
        words.map(str::to_owned).collect()
    }
}

#[track_caller]
fn check(output: &Output, status: i32, told: &str) {
    let text = [&output.stdout[..], &output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    assert_eq!(output.status.code(), Some(status), "{text}");
    assert!(text.contains(told), "{text}");
    assert!(!text.contains(TOKEN), "{text}");
}

const APP: [&str; 2] = ["--tag", "acme/app:1"];

#[test]
fn clean_image_is_named_and_pushed() {
    let place = Place::new("nothing");
    check(&place.build(&[&SECRET[..], &APP].concat()), 0, "clean");
    assert_eq!(place.calls(), ["build", "save", "tag", "image"]);
    let calls = fs::read_to_string(place.path("calls")).unwrap();
    assert!(calls.contains("--secret id=TOKEN,env=TOKEN"), "{calls}");
    fs::remove_file(place.path("calls")).unwrap();
    check(
        &place.build(&[&SECRET[..], &APP, &["--push"]].concat()),
        0,
        "pushed",
    );
    assert_eq!(place.calls(), ["build", "save", "tag", "image", "push"]);
    place.write("push-status", "1");
    let output = place.build(&[&SECRET[..], &APP, &["--push"]].concat());
    check(
        &output,
        2,
        "the image is clean and named, but `docker push acme/app:1` failed",
    );
}

#[test]
fn image_with_the_value_gets_no_name_and_is_not_pushed() {
    let place = Place::new(TOKEN);
    let output = place.build(&[&SECRET[..], &APP, &["--push", "--format", "json"]].concat());
    check(&output, 1, "\"verdict\":\"leaked\"");
    assert_eq!(place.calls(), ["build", "save", "image"]);
}

#[test]
fn value_in_the_log_is_found_and_not_shown() {
    let place = Place::new("nothing");
    let log = format!(
        "{{\"logs\":[{{\"vertex\":\"1\",\"stream\":1,\"data\":\"{}\"}}]}}\n",
        {
            // Base64 of the value: BuildKit writes the output of a step so.
            "Z2hwXzlhWGsyTG1RN3ZSdDRXYlk2TmNKMXNEZjhHaFAzekVvNVR1MAo="
        }
    );
    let progress = fs::read_to_string(place.path("progress")).unwrap();
    place.write("progress", &(progress + &log));
    check(&place.build(&[&SECRET[..], &APP].concat()), 1, "leaked");
    assert_eq!(place.calls(), ["build", "save", "image"]);
}

#[test]
fn nothing_is_built_before_preflight_is_content() {
    let place = Place::new("nothing");
    let absent = ["--secret", "id=TOKEN,env=ABSENT_VARIABLE"];
    check(
        &place.build(&[&absent[..], &APP].concat()),
        2,
        "ABSENT_VARIABLE",
    );
    check(
        &place.build(&SECRET),
        2,
        "a verified image needs a name: add --tag IMAGE",
    );
    check(&place.build(&APP), 2, "--secret id=TOKEN,env=TOKEN");
    place.write("Dockerfile", &TEXT.replace("test -s", "cat"));
    check(
        &place.build(&[&SECRET[..], &APP].concat()),
        1,
        "SecretInBuildLog",
    );
    assert_eq!(place.calls(), [""; 0]);
}

#[test]
fn failed_build_and_absent_program() {
    let place = Place::new("nothing");
    place.write("status", "1");
    check(
        &place.build(&[&SECRET[..], &APP].concat()),
        2,
        "`docker build` failed",
    );
    let output = Command::new(env!("CARGO_BIN_EXE_dockerfile-dsl"))
        .args(["build", "--secret", "id=TOKEN,env=TOKEN", "--tag", "app"])
        .current_dir(place.0.path())
        .env("PATH", place.path(""))
        .env("TOKEN", TOKEN)
        .output()
        .unwrap();
    check(&output, 2, "docker: it is not installed, or not on PATH");
}
