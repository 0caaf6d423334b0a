//! Packages of a private Python index, by poetry.

use dockerfile_dsl::recipes::poetry;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const PYPI_PASSWORD: Secret = Secret::env("PYPI_PASSWORD");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let install = poetry::install()
        .password("acme", "reader", PYPI_PASSWORD)
        .script()?;
    let stage = Stage::from_image("acme/poetry:1.8")
        .workdir("/app")
        .copy(["pyproject.toml", "poetry.lock"], "./")
        .run(install)
        .build();
    Dockerfile::from_stage(&stage)
}
