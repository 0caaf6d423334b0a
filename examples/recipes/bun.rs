//! Packages of a private npm registry, by bun.

use dockerfile_dsl::recipes::bun;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const NPM_TOKEN: Secret = Secret::env("NPM_TOKEN");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let install = bun::install()
        .token("https://npm.acme.test/", NPM_TOKEN)
        .script()?;
    let stage = Stage::from_image("oven/bun:1.2-slim")
        .workdir("/app")
        .copy(["package.json", "bun.lock"], "./")
        .run(install)
        .build();
    Dockerfile::from_stage(&stage)
}
