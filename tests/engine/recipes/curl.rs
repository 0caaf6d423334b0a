//! A file of a server that requires a token.

use dockerfile_dsl::recipes::curl;
use dockerfile_dsl::{Secret, Stage};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Proof, TOKEN, itself};
use crate::builders::{Engine, folder};
use crate::counterparts;

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [download])
}

fn download(engine: &Engine) {
    let server = counterparts::files(TOKEN, "hello from the bundle\n");
    let url = format!("{}/tool.tgz", server.origin());
    let download = curl::download(url)
        .bearer(Secret::env("FILES_TOKEN"))
        .to("/opt/tool.tgz");
    let mut stage = Stage::from_image("debian:bookworm-slim");
    stage.run(download.script().unwrap());
    let context = folder("recipe-curl-context");
    let proof = Proof {
        recipe: "curl",
        call: "curl::download(..).bearer(..)",
        has_page: true,
        stage,
        server: &server,
        host: "files.acme.test",
        context: &context,
        variable: "FILES_TOKEN",
        content: &itself,
        refusal: "401",
    };
    proof.prove(engine);
}
