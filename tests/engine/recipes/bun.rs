//! Packages of a registry that requires a token, by bun.

use dockerfile_dsl::recipes::bun;
use dockerfile_dsl::{Secret, Stage};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Proof, TOKEN, itself};
use crate::builders::{Engine, folder};
use crate::counterparts;

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [install])
}

fn install(engine: &Engine) {
    let server = counterparts::npm(&folder("recipe-bun-server"), TOKEN);
    let context = folder("recipe-bun-context");
    let package = r#"{"name":"app","dependencies":{"acme-greeting":"1.0.0"}}"#;
    counterparts::write(&context.join("package.json"), package);
    let url = format!(
        "{}/acme-greeting/-/acme-greeting-1.0.0.tgz",
        server.origin()
    );
    let lock = serde_json::json!({
        "lockfileVersion": 1,
        "workspaces": { "": { "name": "app", "dependencies": { "acme-greeting": "1.0.0" } } },
        "packages": { "acme-greeting": ["acme-greeting@1.0.0", url, {}, ""] },
    });
    counterparts::write(&context.join("bun.lock"), &lock.to_string());
    let install = bun::install().token(server.origin(), Secret::env("NPM_TOKEN"));
    let mut stage = Stage::from_image("oven/bun:1.2-slim");
    stage
        .workdir("/app")
        .copy(["package.json", "bun.lock"], "./")
        .run(install.script().unwrap());
    let proof = Proof {
        recipe: "bun",
        call: "bun::install().token(..)",
        has_page: true,
        stage,
        server: &server,
        host: "npm.acme.test",
        context: &context,
        variable: "NPM_TOKEN",
        content: &itself,
        refusal: "401",
    };
    proof.prove(engine);
}
