//! Packages of a private npm registry, by yarn.

use dockerfile_dsl::recipes::yarn;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};

const NPM_TOKEN: Secret = Secret::env("NPM_TOKEN");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let install = yarn::install()
        .token("https://npm.acme.test/", NPM_TOKEN)
        .script()?;
    let stage = Stage::from_image("acme/node:22")
        .workdir("/app")
        .copy(["package.json", "yarn.lock", ".yarnrc.yml"], "./")
        .run(install)
        .run(sh!("YARN_ENABLE_NETWORK=false yarn install --immutable"))
        .build();
    Dockerfile::from_stage(&stage)
}
