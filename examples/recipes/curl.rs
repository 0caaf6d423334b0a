//! A file from a server that requires a token.

use dockerfile_dsl::recipes::curl;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const FILES_TOKEN: Secret = Secret::env("FILES_TOKEN");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let download = curl::download("https://files.acme.test/tool.tgz")
        .bearer(FILES_TOKEN)
        .to("/opt/tool.tgz")
        .script()?;
    let stage = Stage::from_image("debian:bookworm-slim")
        .run(download)
        .build();
    Dockerfile::from_stage(&stage)
}
