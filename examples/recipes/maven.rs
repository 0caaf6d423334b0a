//! Artifacts of a private Maven repository.

use dockerfile_dsl::recipes::maven;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};

const SETTINGS: Secret = Secret::file("settings", "~/.m2/settings.xml");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let resolve = maven::resolve().settings(SETTINGS).script()?;
    let stage = Stage::from_image("maven:3.8-openjdk-17-slim")
        .workdir("/app")
        .copy("pom.xml", "./")
        .run(resolve)
        .copy(".", "./")
        .run(sh!("mvn --batch-mode --offline package"))
        .build();
    Dockerfile::from_stage(&stage)
}
