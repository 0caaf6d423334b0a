//! Packages of a private npm registry, by pnpm.

use dockerfile_dsl::recipes::pnpm;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};

const NPM_TOKEN: Secret = Secret::env("NPM_TOKEN");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let fetch = pnpm::fetch().token("NPM_TOKEN", NPM_TOKEN).script()?;
    let stage = Stage::from_image("acme/node:22")
        .workdir("/app")
        .copy(["pnpm-lock.yaml", ".npmrc"], "./")
        .run(fetch)
        .copy("package.json", "./")
        .run(sh!("pnpm install --offline --frozen-lockfile"))
        .build();
    Dockerfile::from_stage(&stage)
}
