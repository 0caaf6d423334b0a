//! The recipes: what their pages show is rendered by their examples, the three ways that leak are refused and are in the corpus, and a
//! recipe has no back door.

use std::collections::BTreeMap;
use std::path::Path;

use dockerfile_dsl::finding::Severity;
use dockerfile_dsl::{Dockerfile, Error, Script, Secret, Stage, Stale, import, keep_up_to_date};
use dockerfile_dsl_tests::cases;
use dockerfile_dsl_tests::pages::{self, Mistake, Page};
use serde_json::Value;

#[path = "../../examples/recipes/main.rs"]
#[expect(dead_code, reason = "its main function is for people")]
mod examples;

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
mod uv;
mod yarn;

const TOKEN: Secret = Secret::env("TOKEN");

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

/// After an intended change, `DOCKERFILE_DSL_UPDATE=1` rewrites the files beside the example.
#[test]
fn each_page_shows_its_example_and_what_it_renders() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/recipes");
    let examples: Vec<&str> = examples::ALL.iter().map(|(name, _)| *name).collect();
    assert_eq!(examples, pages::names());
    for (name, image) in examples::ALL {
        let page = Page::of(name);
        let source = std::fs::read_to_string(folder.join(format!("{name}.rs"))).unwrap();
        let (_, example) = source.split_once("\n\n").unwrap();
        assert_eq!(
            page.example,
            example.replace("pub(crate) ", ""),
            "{name}.md"
        );
        let image = image().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(page.rendered, image.render(), "{name}.md");
        let dockerfile = folder.join(format!("{name}.Dockerfile"));
        keep_up_to_date(&image, dockerfile, Stale::from_environment()).unwrap();
        let command = examples::command(name, &image).shell().unwrap() + "\n";
        let script = folder.join(format!("{name}.sh"));
        if Stale::from_environment() == Stale::Rewrite {
            std::fs::write(&script, &command).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(script).unwrap(),
            command,
            "{name}.sh"
        );
    }
}

#[test]
fn ways_that_leak_are_refused() {
    for recipe in pages::names() {
        for mistake in Page::of(&recipe).leaks {
            let Mistake {
                sentence,
                dockerfile,
                ..
            } = mistake;
            let findings = import::parse(&dockerfile).unwrap().check();
            let leaks = findings
                .iter()
                .filter(|finding| finding.severity == Severity::Error);
            assert!(leaks.count() > 0, "{recipe}: {sentence}\n{findings:?}");
        }
    }
}

/// The cases of the corpus and its whole Dockerfiles, by name.
fn corpus() -> BTreeMap<String, Value> {
    let scripts = cases::all().into_iter().map(|case| {
        let name = case["name"].as_str().expect("has a name").to_owned();
        (name, case)
    });
    let files = cases::whole_files().into_iter().map(|label| {
        let file = label["file"].as_str().expect("has a name");
        let name = file.trim_end_matches(".Dockerfile").to_owned();
        (name, label)
    });
    scripts.chain(files).collect()
}

/// The same leak was executed.
#[test]
fn each_way_that_leaks_has_a_case_of_the_corpus() {
    let corpus = corpus();
    for recipe in pages::names() {
        for Mistake { sentence, case, .. } in Page::of(&recipe).leaks {
            let Some(known) = corpus.get(&case) else {
                panic!("{recipe}: {sentence}\n`{case}` is not in the corpus")
            };
            let verdict = known["verdict"].as_str().unwrap_or_default();
            assert!(
                verdict.starts_with("leak-"),
                "{recipe}: {sentence}\n`{case}` is {verdict}"
            );
            assert_eq!(known["established"], "run", "{recipe}: `{case}`");
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
