//! A gem of a private server.

use dockerfile_dsl::recipes::gem;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const GEMRC: Secret = Secret::file("gemrc", "~/.config/acme/gemrc");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let install = gem::install("acme-greeting")
        .version("1.0.0")
        .gemrc(GEMRC)
        .script()?;
    let stage = Stage::from_image("ruby:3.1-slim-bookworm")
        .run(install)
        .build();
    Dockerfile::from_stage(&stage)
}
