//! A blob of a server that requires a signature in the query, as Azure Storage does.

use dockerfile_dsl::recipes::azure;
use dockerfile_dsl::{Secret, Stage};
use dockerfile_dsl_tests::trials;
use dockerfile_dsl_tests::trials::Trial;

use super::{Others, Proof, TOKEN};
use crate::builders::{Engine, folder};
use crate::server::{Response, Server};

pub(super) fn trials() -> Vec<Trial> {
    trials!(&Engine::find(), [download])
}

/// A server with one blob, of six bytes.
fn blobs() -> Server {
    let signature = format!("&sig={TOKEN}");
    Server::start(move |request| {
        if !request.query.ends_with(&signature) {
            let refused = Response::new(403, "");
            return refused.with("x-ms-error-code", "AuthenticationFailed");
        }
        match (&*request.path, request.header("x-ms-range")) {
            ("/models/weights.bin", None) => Response::new(200, "hello\n"),
            ("/models/weights.bin", Some(_)) => Response::new(206, "hello\n")
                .with("Content-Range", "bytes 0-5/6")
                .with("ETag", "\"0x1\"")
                .with("Last-Modified", "Mon, 01 Jan 2001 00:00:00 GMT")
                .with("x-ms-blob-type", "BlockBlob"),
            _ => Response::new(404, ""),
        }
    })
}

fn download(engine: &Engine) {
    let server = blobs();
    let context = folder("recipe-azure-context");
    let download = azure::download(format!("{}/models/weights.bin", server.origin()))
        .sas(Secret::env("MODELS_SAS"))
        .to("/opt/weights.bin");
    let mut stage = Stage::from_image("mcr.microsoft.com/azure-cli:2.64.0");
    stage.run(download.script().unwrap());
    let proof = Proof {
        recipe: "azure",
        call: "azure::download(..).sas(..)",
        has_page: true,
        stage,
        server: &server,
        host: "acme.blob.core.windows.net",
        context: &context,
        variable: "MODELS_SAS",
        content: &|signature| format!("sv=2022-11-02&sr=b&sp=r&sig={signature}"),
        refusal: "Authentication failure",
    };
    proof.prove_with(engine, Others::default());
    let requests = server.requests();
    let mut queries = requests.iter().map(|request| &request.query);
    assert!(queries.any(|query| query.contains("sig=wrong")));
}
