//! Packages of a registry that requires a token.

use std::path::PathBuf;

use dockerfile_dsl::recipes::npm;
use dockerfile_dsl::{Script, Secret, Stage, StageBuilder};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Proof, TOKEN, itself};
use crate::builders::{Engine, folder};
use crate::counterparts;
use crate::server::Server;

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [ci_with_a_token, ci_with_an_npmrc])
}

/// An app that needs a private package, and its server.
fn npm_project(name: &str) -> (Server, PathBuf) {
    let server = counterparts::npm(&folder(&format!("{name}-server")), TOKEN);
    let context = folder(&format!("{name}-context"));
    counterparts::npm_project(&context, &server);
    (server, context)
}

fn npm_stage(ci: Script) -> StageBuilder {
    let mut stage = Stage::from_image("node:22-bookworm-slim");
    stage.workdir("/app");
    stage
        .copy(["package.json", "package-lock.json"], "./")
        .run(ci);
    stage.copy("server.js", "./").cmd(["node", "server.js"]);
    stage
}

fn ci_with_a_token(engine: &Engine) {
    let (server, context) = npm_project("recipe-npm");
    let ci = npm::ci().token(server.origin(), Secret::env("NPM_TOKEN"));
    let proof = Proof {
        recipe: "npm",
        call: "npm::ci().token(..)",
        has_page: true,
        stage: npm_stage(ci.script().unwrap()),
        server: &server,
        host: "npm.acme.test",
        context: &context,
        variable: "NPM_TOKEN",
        content: &itself,
        refusal: "401",
    };
    proof.prove(engine);
}

fn ci_with_an_npmrc(engine: &Engine) {
    let (server, context) = npm_project("recipe-npmrc");
    let (origin, port) = (server.origin(), server.port);
    let ci = npm::ci().npmrc(Secret::env("NPMRC"));
    let proof = Proof {
        recipe: "npm",
        call: "npm::ci().npmrc(..)",
        has_page: false,
        stage: npm_stage(ci.script().unwrap()),
        server: &server,
        host: "npm.acme.test",
        context: &context,
        variable: "NPMRC",
        content: &|token| format!("registry={origin}/\n//127.0.0.1:{port}/:_authToken={token}\n"),
        refusal: "401",
    };
    proof.prove(engine);
}
