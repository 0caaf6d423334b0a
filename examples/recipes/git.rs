//! A private repository over HTTPS, with a token.

use dockerfile_dsl::recipes::git;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const GITHUB_TOKEN: Secret = Secret::env("GITHUB_TOKEN");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let clone = git::clone("https://github.com/acme/private.git")
        .token(GITHUB_TOKEN)
        .to("/src")
        .script()?;
    let stage = Stage::from_image("debian:bookworm-slim").run(clone).build();
    Dockerfile::from_stage(&stage)
}
