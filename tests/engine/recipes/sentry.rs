//! Source maps for a server that requires a token.

use std::sync::atomic::{AtomicBool, Ordering};

use dockerfile_dsl::recipes::sentry;
use dockerfile_dsl::{Secret, Stage};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;
use serde_json::Value;

use super::{Proof, TOKEN, itself};
use crate::builders::{Engine, folder};
use crate::counterparts::write;
use crate::server::{Request, Response, Server};

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [source_maps])
}

fn source_maps(engine: &Engine) {
    let is_uploaded = AtomicBool::new(false);
    let server = Server::start(move |request| {
        if request.header("authorization") == Some(&format!("Bearer {TOKEN}")) {
            answer(request, &is_uploaded).with("Content-Type", "application/json")
        } else {
            Response::new(401, "{\"detail\": \"Invalid token\"}")
                .with("Content-Type", "application/json")
        }
    });
    let context = folder("recipe-sentry-context");
    write(
        &context.join("dist/app.js"),
        "console.log(\"hello\");\n//# sourceMappingURL=app.js.map\n",
    );
    write(
        &context.join("dist/app.js.map"),
        "{\"version\": 3, \"sources\": [\"app.ts\"], \"sourcesContent\": [\"hello\"], \
         \"names\": [], \"mappings\": \"AAAA\"}\n",
    );
    let upload = sentry::source_maps("./dist")
        .token("acme", "web", Secret::env("SENTRY_AUTH_TOKEN"))
        .url(server.origin());
    let mut stage = Stage::from_image("getsentry/sentry-cli:2.58.2");
    stage
        .workdir("/work")
        .copy("dist", "./dist")
        .run(upload.script().unwrap());
    let proof = Proof {
        recipe: "sentry",
        call: "sentry::source_maps(..).token(..)",
        has_page: true,
        stage,
        server: &server,
        host: "sentry.acme.test",
        context: &context,
        variable: "SENTRY_AUTH_TOKEN",
        content: &itself,
        refusal: "Invalid token",
    };
    proof.prove(engine);
    let requests = server.requests();
    let mut bodies = requests.iter().map(|request| &request.body);
    let has_source_map = |body: &Vec<u8>| body.windows(10).any(|name| name == b"app.js.map");
    assert!(bodies.any(has_source_map), "no source map was uploaded");
}

/// The part of the API that an upload uses.
fn answer(request: &Request, is_uploaded: &AtomicBool) -> Response {
    let origin = format!("http://{}", request.header("host").unwrap_or_default());
    match (&*request.method, &*request.path) {
        ("GET", "/api/0/") => Response::new(
            200,
            "{\"auth\": {\"scopes\": []}, \"user\": {\"id\": \"1\", \"email\": \"a@acme.test\"}}",
        ),
        ("GET", path) if path.ends_with("/chunk-upload/") => Response::new(
            200,
            format!(
                "{{\"url\": \"{origin}{path}\", \"chunkSize\": 8388608, \"chunksPerRequest\": 64, \
                 \"maxRequestSize\": 33554432, \"concurrency\": 1, \"hashAlgorithm\": \"sha1\", \
                 \"compression\": [], \"accept\": [\"release_files\", \"artifact_bundles\"]}}"
            ),
        ),
        ("POST", path) if path.ends_with("/assemble/") => {
            let (state, missing) = if is_uploaded.load(Ordering::Relaxed) {
                ("ok", Value::Array(Vec::new()))
            } else {
                let bundle: Value = serde_json::from_slice(&request.body).unwrap_or_default();
                ("not_found", bundle["chunks"].clone())
            };
            let answer = format!("{{\"state\": \"{state}\", \"missingChunks\": {missing}}}");
            Response::new(200, answer)
        }
        ("POST", path) if path.ends_with("/chunk-upload/") => {
            is_uploaded.store(true, Ordering::Relaxed);
            Response::new(200, "{}")
        }
        _ => Response::new(404, "{\"detail\": \"no such place\"}"),
    }
}
