//! A compiler cache in a private bucket.

use dockerfile_dsl::recipes::sccache;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const KEY_ID: Secret = Secret::env("AWS_ACCESS_KEY_ID");
const KEY: Secret = Secret::env("AWS_SECRET_ACCESS_KEY");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let build = sccache::cargo_build("acme-cache", "eu-central-1")
        .access_key(KEY_ID, KEY)
        .script()?;
    let stage = Stage::from_image("acme/rust-sccache:1.95")
        .workdir("/app")
        .copy(".", "./")
        .run(build)
        .build();
    Dockerfile::from_stage(&stage)
}
