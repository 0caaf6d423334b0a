//! The recipes: what their pages show is rendered, the three ways that leak are refused, and a recipe has no back door.

use dockerfile_dsl::finding::Severity;
use dockerfile_dsl::{Dockerfile, Error, Script, Secret, Stage, StageBuilder, import};
use dockerfile_dsl_tests::pages::{self, Page};

mod apk;
mod apt;
mod azure;
mod bun;
mod bundler;
mod cargo;
mod composer;
mod conda;
mod cosign;
mod curl;
mod dnf;
mod gcs;
mod gem;
mod git;
mod git_ssh;
mod go;
mod gpg;
mod gradle;
mod hex;
mod huggingface;
mod jarsigner;
mod maven;
mod npm;
mod nuget;
mod pip;
mod pnpm;
mod poetry;
mod r;
mod s3;
mod sccache;
mod sentry;
mod ubuntu_pro;
mod uv;
mod yarn;

const TOKEN: Secret = Secret::env("TOKEN");

#[track_caller]
fn renders_as_its_page(recipe: &str, stage: &mut StageBuilder) {
    let image = Dockerfile::from_stage(&stage.build()).unwrap();
    assert_eq!(image.render(), Page::of(recipe).rendered);
}

#[track_caller]
fn script_is(script: Result<Script, Error>, expected: &str) {
    let mut stage = Stage::from_image("debian");
    stage.run(script.unwrap());
    let text = Dockerfile::from_stage(&stage.build()).unwrap().render();
    let script = text.rsplit(",required=true ").next().unwrap_or_default();
    let script = script
        .trim_start_matches("\\\n    ")
        .trim_start_matches("<<'EOF'\n")
        .trim_start_matches("set -e; ");
    let script = script
        .trim_end()
        .trim_end_matches("\nEOF")
        .replace(" \\\n", " ");
    assert_eq!(script, expected);
}

#[track_caller]
fn refused(script: Result<Script, Error>, reason: &str) {
    let error = script.unwrap_err().to_string();
    assert!(error.contains(reason), "{error}");
    assert!(!error.contains("swordfish"), "{error}");
}

#[test]
fn ways_that_leak_are_refused() {
    for recipe in pages::names() {
        for (sentence, text) in Page::of(&recipe).leaks {
            let findings = import::parse(&text).unwrap().check();
            let leaks = findings
                .iter()
                .filter(|finding| finding.severity == Severity::Error);
            assert!(leaks.count() > 0, "{recipe}: {sentence}\n{findings:?}");
        }
    }
}

/// A recipe outside of the crate: the same text, by the public API.
#[test]
fn another_crate_can_write_a_recipe() {
    let fetch = |registry: &str, token: &Secret| {
        let text =
            format!("CARGO_REGISTRIES_{registry}_TOKEN=\"$(cat {{token}})\" cargo fetch --locked");
        Script::template(&text).bind("token", token).parse()
    };
    assert_eq!(
        fetch("ACME", &TOKEN).unwrap(),
        dockerfile_dsl::recipes::cargo::fetch()
            .token("acme", TOKEN)
            .script()
            .unwrap(),
    );
}
