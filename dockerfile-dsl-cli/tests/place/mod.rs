//! A directory with files, in which the tool runs.

#![allow(dead_code, reason = "each test uses a part")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) struct Place(TempDir);

impl Place {
    /// Creates the directory; names may contain folders.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let place = Self(TempDir::new().expect("can be made"));
        for (name, text) in files {
            place.write(name, text);
        }
        place
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("is in a folder")).expect("can be made");
        fs::write(path, text).expect("can be written");
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Returns `dockerfile-dsl check`, to be run with a standard input.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dockerfile-dsl"));
        command.arg("check").args(arguments);
        command.current_dir(self.path());
        command
    }

    /// Runs `dockerfile-dsl check`.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("can be run")
    }

    /// Runs the tool.
    pub(crate) fn tool(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dockerfile-dsl"));
        command.args(arguments).current_dir(self.path());
        command.output().expect("can be run")
    }

    #[track_caller]
    pub(crate) fn check_status(&self, arguments: &[&str], expected: i32) {
        let output = self.run(arguments);
        assert_eq!(
            output.status.code(),
            Some(expected),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
    }

    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[&["--format", "json"], arguments].concat());
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)))
    }

    /// Returns the rules of the findings in the first file.
    #[track_caller]
    pub(crate) fn rules(&self, arguments: &[&str]) -> Vec<String> {
        let answer = self.json(arguments);
        let findings = answer["files"][0]["findings"].as_array();
        let rule = |finding: &Value| finding["rule"].as_str().expect("is text").to_owned();
        findings.expect("is a list").iter().map(rule).collect()
    }

    /// Returns the paths of the files that were checked.
    #[track_caller]
    pub(crate) fn files(&self, arguments: &[&str]) -> Vec<String> {
        let answer = self.json(arguments);
        let files = answer["files"].as_array().expect("is a list");
        let path = |file: &Value| file["path"].as_str().expect("is text").to_owned();
        files.iter().map(path).collect()
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Checks standard output and standard error, each for one text.
#[track_caller]
pub(crate) fn check(output: &Output, status: i32, answer: &str, told: &str) {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{stdout}{stderr}");
    assert!(stdout.contains(answer), "{stdout}");
    assert!(stderr.contains(told), "{stderr}");
}
