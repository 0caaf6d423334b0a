//! Artifacts of a private repository, by Gradle.

use dockerfile_dsl::recipes::gradle;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const ACME_PASSWORD: Secret = Secret::env("ACME_PASSWORD");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let build = gradle::tasks(["build"])
        .property("acmePassword", ACME_PASSWORD)
        .script()?;
    let stage = Stage::from_image("gradle:8-jdk17")
        .workdir("/app")
        .copy(".", "./")
        .run(build)
        .build();
    Dockerfile::from_stage(&stage)
}
