//! A compiler cache in a bucket of moto, which checks the signatures of the requests; and one by WebDAV, for a mistake.

use dockerfile_dsl::recipes::sccache;
use dockerfile_dsl::{Secret, Stage};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::s3::{KEY_ID, Moto, forward};
use super::{Others, Proof, TOKEN, itself};
use crate::builders::{Engine, folder};
use crate::counterparts;
use crate::server::{Response, Server};

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [cargo_build])
}

fn cargo_build(engine: &Engine) {
    let moto = Moto::start(engine);
    let port = moto.port;
    let server = Server::start(move |request| match &*request.method {
        _ if !counterparts::shows(request, "bearer", TOKEN) => forward(request, port),
        // A WebDAV with nothing in it.
        "PUT" | "MKCOL" => Response::new(201, ""),
        _ => Response::new(404, ""),
    });
    let context = folder("recipe-sccache-context");
    let manifest = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    counterparts::write(&context.join("Cargo.toml"), manifest);
    let lock = "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n";
    counterparts::write(&context.join("Cargo.lock"), lock);
    // The cache of builds does not see secrets, and another program is another build.
    let program = format!("fn main() {{ println!(\"{}\") }}\n", server.port);
    counterparts::write(&context.join("src/main.rs"), &program);
    counterparts::write(&context.join(".cargo/config.toml"), "");
    let (id, secret) = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
    let build = sccache::cargo_build("acme-cache", "eu-central-1").endpoint(server.origin());
    let build = build.access_key(Secret::env(id), Secret::env(secret));
    let mut stage = Stage::from_image("acme/rust-sccache:1.95");
    stage
        .workdir("/app")
        .copy(".", "./")
        .run(build.script().unwrap());
    let proof = Proof {
        recipe: "sccache",
        call: "sccache::cargo_build(..).access_key(..)",
        has_page: true,
        stage,
        server: &server,
        host: "s3.acme.test|cache.acme.test",
        context: &context,
        variable: secret,
        content: &itself,
        refusal: "Server startup failed",
    };
    // The file of a mistake.
    let credentials =
        format!("[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {TOKEN}\n");
    let others = Others {
        variables: &[(id, KEY_ID), ("aws", &credentials)],
        files: &[],
    };
    proof.prove_with(engine, others);
}
