//! Crates of a sparse registry, and of a git repository, that require a token.

use dockerfile_dsl::recipes::cargo;
use dockerfile_dsl::{Script, Secret, Stage, StageBuilder, sh};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Proof, TOKEN, itself};
use crate::builders::{Engine, folder};
use crate::counterparts;

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [fetch, fetch_from_git])
}

fn stage_of(fetch: Script) -> StageBuilder {
    let mut stage = Stage::from_image("rust:1.95-slim-bookworm");
    stage.workdir("/app").copy(".", "./").run(fetch);
    stage.run(sh!("cargo build --offline --locked"));
    stage
}

fn fetch(engine: &Engine) {
    let (server, checksum) = counterparts::cargo(&folder("recipe-cargo"), TOKEN);
    let context = folder("recipe-cargo-context");
    counterparts::cargo_project(&context, &server, &checksum);
    let fetch = cargo::fetch().token("acme", Secret::env("ACME_TOKEN"));
    let proof = Proof {
        recipe: "cargo",
        call: "cargo::fetch().token(..)",
        has_page: true,
        stage: stage_of(fetch.script().unwrap()),
        server: &server,
        host: "cargo.acme.test",
        context: &context,
        variable: "ACME_TOKEN",
        content: &itself,
        refusal: "401",
    };
    proof.prove(engine);
}

fn fetch_from_git(engine: &Engine) {
    let repositories = folder("recipe-cargo-git");
    let manifest = "[package]\nname = \"acme-greeting\"\nversion = \"1.0.0\"\nedition = \"2021\"\n";
    let library = "pub const GREETING: &str = \"hello from the private repository\";\n";
    let files = [("Cargo.toml", manifest), ("src/lib.rs", library)];
    let commit = counterparts::make_repository(&repositories, &files);
    let server = counterparts::git_in(&repositories, "x-access-token", TOKEN);
    let url = format!("{}/acme/private.git", server.origin());
    let context = folder("recipe-cargo-git-context");
    let main = "fn main() {\n    println!(\"{}\", acme_greeting::GREETING);\n}\n";
    counterparts::write(&context.join("src/main.rs"), main);
    counterparts::write(
        &context.join("Cargo.toml"),
        &format!(
            "[package]\nname = \"server\"\nversion = \"0.1.0\"\nedition = \
             \"2021\"\n\n[dependencies]\nacme-greeting = {{ git = \"{url}\" }}\n"
        ),
    );
    counterparts::write(
        &context.join("Cargo.lock"),
        &format!(
            "version = 4\n\n[[package]]\nname = \"acme-greeting\"\nversion = \"1.0.0\"\nsource = \
             \"git+{url}#{commit}\"\n\n[[package]]\nname = \"server\"\nversion = \
             \"0.1.0\"\ndependencies = [\n \"acme-greeting\",\n]\n"
        ),
    );
    let fetch = cargo::fetch().git_token("https://github.com", Secret::env("GITHUB_TOKEN"));
    let proof = Proof {
        recipe: "cargo",
        call: "cargo::fetch().git_token(..)",
        has_page: false,
        stage: stage_of(fetch.script().unwrap()),
        server: &server,
        host: "github.com",
        context: &context,
        variable: "GITHUB_TOKEN",
        content: &itself,
        refusal: "Authentication failed",
    };
    proof.prove(engine);
}
