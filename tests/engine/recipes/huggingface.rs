//! A model of a hub that requires a token.

use dockerfile_dsl::recipes::huggingface;
use dockerfile_dsl::{Secret, Stage};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Proof, TOKEN, itself};
use crate::builders::{Engine, folder};
use crate::server::{Request, Response, Server};

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [download])
}

/// A hub with one model, `acme/model`, of one file.
fn hub(request: &Request) -> Response {
    let commit = "1".repeat(40);
    if request.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
        return Response::unauthorized().with("X-Error-Code", "GatedRepo");
    }
    let answer = match request.path.as_str() {
        "/api/whoami-v2" => serde_json::json!({
            "type": "user",
            "name": "reader",
            "auth": { "accessToken": { "displayName": "test", "role": "read" } },
        }),
        path if path.starts_with("/api/models/acme/model") => serde_json::json!({
            "id": "acme/model",
            "sha": commit,
            "siblings": [{ "rfilename": "config.json" }],
        }),
        path if path.starts_with("/acme/model/resolve/") => {
            return Response::new(200, "{\"layers\": 1}\n")
                .with("X-Repo-Commit", &commit)
                .with("ETag", "\"first\"");
        }
        _ => return Response::new(404, ""),
    };
    Response::new(200, answer.to_string()).with("Content-Type", "application/json")
}

fn download(engine: &Engine) {
    let server = Server::start(hub);
    let context = folder("recipe-huggingface-context");
    let download = huggingface::download("acme/model").token(Secret::env("HF_TOKEN"));
    let mut stage = Stage::from_image("acme/python-hub:3.11");
    stage
        .env("HF_ENDPOINT", server.origin())
        .run(download.to("/models/acme").script().unwrap());
    let proof = Proof {
        recipe: "huggingface",
        call: "huggingface::download(..).token(..)",
        has_page: true,
        stage,
        server: &server,
        host: "hub.acme.test",
        context: &context,
        variable: "HF_TOKEN",
        content: &itself,
        refusal: "Cannot access gated repo",
    };
    proof.prove(engine);
}
