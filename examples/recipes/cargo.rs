//! Crates of a private registry, and of private git repositories.

use dockerfile_dsl::recipes::cargo;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};

const ACME_TOKEN: Secret = Secret::env("ACME_TOKEN");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let fetch = cargo::fetch().token("acme", ACME_TOKEN).script()?;
    let stage = Stage::from_image("rust:1.95-slim-bookworm")
        .workdir("/app")
        .copy(".", "./")
        .run(fetch)
        .run(sh!("cargo build --release --offline --locked"))
        .build();
    Dockerfile::from_stage(&stage)
}
