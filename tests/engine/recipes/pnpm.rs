//! Packages of a registry that requires a token, by pnpm.

use std::path::PathBuf;

use dockerfile_dsl::recipes::pnpm;
use dockerfile_dsl::{Script, Secret, Stage, StageBuilder, sh};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Proof, TOKEN, itself};
use crate::builders::{Engine, folder};
use crate::counterparts;
use crate::server::Server;

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [fetch_with_a_token, fetch_with_an_npmrc])
}

/// An app that needs a private package, and its server.
fn project(name: &str) -> (Server, PathBuf) {
    let server = counterparts::npm(&folder(&format!("{name}-server")), TOKEN);
    let context = folder(&format!("{name}-context"));
    let (origin, port) = (server.origin(), server.port);
    let package = r#"{"name":"app","dependencies":{"acme-greeting":"1.0.0"}}"#;
    counterparts::write(&context.join("package.json"), package);
    counterparts::write(
        &context.join("pnpm-lock.yaml"),
        &format!(
            "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      \
             acme-greeting:\n        specifier: 1.0.0\n        version: 1.0.0\n\npackages:\n\n  \
             acme-greeting@1.0.0:\n    resolution: {{tarball: \
             {origin}/acme-greeting/-/acme-greeting-1.0.0.tgz}}\n\nsnapshots:\n\n  \
             acme-greeting@1.0.0: {{}}\n"
        ),
    );
    counterparts::write(
        &context.join(".npmrc"),
        &format!("registry={origin}/\n//127.0.0.1:{port}/:_authToken=${{NPM_TOKEN}}\n"),
    );
    (server, context)
}

fn stage_of(fetch: Script, files: &[&str]) -> StageBuilder {
    let mut stage = Stage::from_image("acme/node:22");
    stage
        .workdir("/app")
        .copy(files.to_vec(), "./")
        .run(fetch)
        .copy("package.json", "./")
        .run(sh!("pnpm install --offline --frozen-lockfile"));
    stage
}

fn fetch_with_a_token(engine: &Engine) {
    let (server, context) = project("recipe-pnpm");
    let fetch = pnpm::fetch().token("NPM_TOKEN", Secret::env("NPM_TOKEN"));
    let proof = Proof {
        recipe: "pnpm",
        call: "pnpm::fetch().token(..)",
        has_page: true,
        stage: stage_of(fetch.script().unwrap(), &["pnpm-lock.yaml", ".npmrc"]),
        server: &server,
        host: "npm.acme.test",
        context: &context,
        variable: "NPM_TOKEN",
        content: &itself,
        refusal: "ERR_PNPM_FETCH_401",
    };
    proof.prove(engine);
}

fn fetch_with_an_npmrc(engine: &Engine) {
    let (server, context) = project("recipe-pnpm-npmrc");
    let (origin, port) = (server.origin(), server.port);
    let fetch = pnpm::fetch().npmrc(Secret::env("NPMRC"));
    let proof = Proof {
        recipe: "pnpm",
        call: "pnpm::fetch().npmrc(..)",
        has_page: false,
        stage: stage_of(fetch.script().unwrap(), &["pnpm-lock.yaml"]),
        server: &server,
        host: "npm.acme.test",
        context: &context,
        variable: "NPMRC",
        content: &|token| format!("registry={origin}/\n//127.0.0.1:{port}/:_authToken={token}\n"),
        refusal: "ERR_PNPM_FETCH_401",
    };
    proof.prove(engine);
}
