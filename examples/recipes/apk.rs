//! Alpine packages of a private repository.

use dockerfile_dsl::recipes::apk;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const APK_PASSWORD: Secret = Secret::env("APK_PASSWORD");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let add = apk::add(["acme-greeting"])
        .password("https://apk.acme.test/v3.20/main", "reader", APK_PASSWORD)
        .script()?;
    let stage = Stage::from_image("alpine:3.20")
        .copy("acme.rsa.pub", "/etc/apk/keys/")
        .run(add)
        .build();
    Dockerfile::from_stage(&stage)
}
