//! Gems of a private server.

use dockerfile_dsl::recipes::bundler;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const GEM_PASSWORD: Secret = Secret::env("GEM_PASSWORD");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let install = bundler::install()
        .password("https://gems.acme.test/", "reader", GEM_PASSWORD)
        .script()?;
    let stage = Stage::from_image("ruby:3.1-slim-bookworm")
        .workdir("/app")
        .copy(["Gemfile", "Gemfile.lock"], "./")
        .run(install)
        .build();
    Dockerfile::from_stage(&stage)
}
