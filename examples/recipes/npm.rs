//! Packages of a private npm registry.

use dockerfile_dsl::recipes::npm;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const NPM_TOKEN: Secret = Secret::env("NPM_TOKEN");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let ci = npm::ci()
        .token("https://npm.acme.test/", NPM_TOKEN)
        .script()?;
    let stage = Stage::from_image("node:22-bookworm-slim")
        .workdir("/app")
        .copy(["package.json", "package-lock.json"], "./")
        .run(ci)
        .build();
    Dockerfile::from_stage(&stage)
}
