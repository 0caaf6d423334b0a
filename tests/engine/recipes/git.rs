//! Clones of a private repository, from `git http-backend`.

use dockerfile_dsl::recipes::git;
use dockerfile_dsl::{Secret, Stage};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Proof, TOKEN, itself};
use crate::builders::{Engine, folder};
use crate::counterparts;

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [clone])
}

fn clone(engine: &Engine) {
    let server = counterparts::git(&folder("recipe-git"), TOKEN);
    let url = format!("{}/acme/private.git", server.origin());
    let clone = git::clone(url)
        .token(Secret::env("GITHUB_TOKEN"))
        .to("/src");
    let mut stage = Stage::from_image("debian:bookworm-slim");
    stage.run(clone.script().unwrap()).cmd(["/src/run"]);
    let context = folder("recipe-git-context");
    let proof = Proof {
        recipe: "git",
        call: "git::clone(..).token(..)",
        has_page: true,
        stage,
        server: &server,
        host: "github.com",
        context: &context,
        variable: "GITHUB_TOKEN",
        content: &itself,
        refusal: "Authentication failed",
    };
    proof.prove(engine);
}
