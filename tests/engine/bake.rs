//! `docker buildx bake`: many files in one process, on one image in the place of all others.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Map, Value, json};

use crate::builders::{Engine, folder, with_input};
use crate::counterparts::write;

/// The image that replaces all others: without a shell, so that no step of a file is executed. It has a layer, since a COPY from one
/// without any stops the daemon of 28.5.
pub(crate) const BASE: &str = "dsl-test/import-base";

pub(crate) fn make_base(engine: &Engine) {
    let mut base = engine.docker();
    base.args(["build", "--quiet", "--tag", BASE, "-"]);
    succeeded(&with_input(
        &mut base,
        "FROM scratch\nCOPY <<EOF /import\nEOF\n",
    ));
}

/// Asserts success, and returns the standard output.
#[track_caller]
pub(crate) fn succeeded(output: &Output) -> &[u8] {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    &output.stdout
}

/// `docker buildx bake` in an empty folder.
pub(crate) struct Bake<'a> {
    pub(crate) engine: &'a Engine,
    /// Of the test: they run side by side.
    name: String,
    folder: PathBuf,
}

impl<'a> Bake<'a> {
    pub(crate) fn new(engine: &'a Engine, name: &str) -> Self {
        Self {
            engine,
            name: name.to_owned(),
            folder: folder(name),
        }
    }

    /// Returns a name for an image of a target.
    pub(crate) fn tag(&self, target: &str) -> String {
        format!("dsl-test/{}:{target}", self.name)
    }

    /// Writes a file for the targets, and returns its name.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        write(&self.folder.join(name), text);
        name.to_owned()
    }

    /// Runs it for all targets, some at a time: a busy daemon loses the jobs of too many. Returns each standard output.
    pub(crate) fn run(&self, targets: Vec<(String, Value)>, arguments: &[&str]) -> Vec<Vec<u8>> {
        let some = targets.chunks(MOST_TARGETS);
        some.map(|some| {
            let output = self.command(some, arguments).output();
            succeeded(&output.expect("docker is there")).to_owned()
        })
        .collect()
    }

    /// Returns the command for some targets.
    pub(crate) fn command(&self, targets: &[(String, Value)], arguments: &[&str]) -> Command {
        let names: Vec<&String> = targets.iter().map(|(name, _)| name).collect();
        let group = json!({ "default": { "targets": names } });
        let targets: Map<String, Value> = targets.iter().cloned().collect();
        let bake = json!({ "group": group, "target": targets });
        // What bake would replace.
        let text = bake.to_string().replace("${", "$${").replace("%{", "%%{");
        write(&self.folder.join("bake.json"), &text);
        let mut bake = self.engine.docker();
        bake.args(["buildx", "bake", "--file", "bake.json"]);
        bake.args(arguments).current_dir(&self.folder);
        bake
    }
}

/// Max. targets of one call.
pub(crate) const MOST_TARGETS: usize = 16;
