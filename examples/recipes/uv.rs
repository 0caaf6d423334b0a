//! Packages of a private Python index, by uv.

use dockerfile_dsl::instructions::Run;
use dockerfile_dsl::mounts::CacheMount;
use dockerfile_dsl::recipes::uv;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};

const PYPI_PASSWORD: Secret = Secret::env("PYPI_PASSWORD");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let sync = uv::sync()
        .password("acme", "reader", PYPI_PASSWORD)
        .script()?;
    let stage = Stage::from_image("ghcr.io/astral-sh/uv:python3.11-bookworm-slim")
        .workdir("/app")
        .copy(["pyproject.toml", "uv.lock"], "./")
        .run(Run::new(sync).mount(CacheMount::at("/root/.cache/uv")))
        .run(sh!("uv sync --locked --offline"))
        .build();
    Dockerfile::from_stage(&stage)
}
