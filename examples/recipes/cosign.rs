//! A signature by a key of Cosign.

use dockerfile_dsl::recipes::cosign;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const COSIGN_KEY: Secret = Secret::file("cosign-key", "cosign.key");
const COSIGN_PASSWORD: Secret = Secret::env("COSIGN_PASSWORD");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let sign = cosign::sign_blob("/srv/app.tgz")
        .key(COSIGN_KEY, COSIGN_PASSWORD)
        .script()?;
    let stage = Stage::from_image("acme/debian-cosign:2.5")
        .copy("app.tgz", "/srv/")
        .run(sign)
        .build();
    Dockerfile::from_stage(&stage)
}
