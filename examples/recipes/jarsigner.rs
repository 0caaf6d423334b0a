//! A signature of a JAR.

use dockerfile_dsl::recipes::jarsigner;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const KEYSTORE: Secret = Secret::file("keystore", "release.p12");
const KEYSTORE_PASSWORD: Secret = Secret::env("KEYSTORE_PASSWORD");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let sign = jarsigner::sign("/srv/app.jar", "release")
        .keystore(KEYSTORE, KEYSTORE_PASSWORD)
        .script()?;
    let stage = Stage::from_image("openjdk:17-jdk-slim-bookworm")
        .copy("app.jar", "/srv/")
        .run(sign)
        .build();
    Dockerfile::from_stage(&stage)
}
