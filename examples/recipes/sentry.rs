//! Source maps for Sentry.

use dockerfile_dsl::recipes::sentry;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const SENTRY_AUTH_TOKEN: Secret = Secret::env("SENTRY_AUTH_TOKEN");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let upload = sentry::source_maps("./dist")
        .token("acme", "web", SENTRY_AUTH_TOKEN)
        .url("https://sentry.acme.test")
        .script()?;
    let stage = Stage::from_image("getsentry/sentry-cli:2.58.2")
        .workdir("/work")
        .copy("dist", "./dist")
        .run(upload)
        .build();
    Dockerfile::from_stage(&stage)
}
