//! Crates of a sparse registry that requires a token.

use dockerfile_dsl::recipes::cargo;
use dockerfile_dsl::{Secret, Stage, sh};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Proof, TOKEN, itself};
use crate::builders::{Engine, folder};
use crate::counterparts;

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [fetch])
}

fn fetch(engine: &Engine) {
    let (server, checksum) = counterparts::cargo(&folder("recipe-cargo"), TOKEN);
    let context = folder("recipe-cargo-context");
    counterparts::cargo_project(&context, &server, &checksum);
    let fetch = cargo::fetch().token("acme", Secret::env("ACME_TOKEN"));
    let mut stage = Stage::from_image("rust:1.95-slim-bookworm");
    stage
        .workdir("/app")
        .copy(".", "./")
        .run(fetch.script().unwrap());
    stage.run(sh!("cargo build --offline --locked"));
    let proof = Proof {
        recipe: "cargo",
        call: "cargo::fetch().token(..)",
        has_page: true,
        stage,
        server: &server,
        host: "cargo.acme.test",
        context: &context,
        variable: "ACME_TOKEN",
        content: &itself,
        refusal: "401",
    };
    proof.prove(engine);
}
