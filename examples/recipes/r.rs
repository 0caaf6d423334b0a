//! Private packages of R.

use dockerfile_dsl::recipes::r;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const GITHUB_TOKEN: Secret = Secret::env("GITHUB_TOKEN");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let restore = r::restore().token(GITHUB_TOKEN).script()?;
    let stage = Stage::from_image("rocker/r-ver:4.4.2")
        .workdir("/app")
        .copy(["renv.lock", ".Rprofile"], "./")
        .copy("renv/activate.R", "renv/")
        .run(restore)
        .build();
    Dockerfile::from_stage(&stage)
}
