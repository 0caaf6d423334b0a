//! RPM packages of a private repository.

use dockerfile_dsl::recipes::dnf;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const RPM_PASSWORD: Secret = Secret::env("RPM_PASSWORD");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let install = dnf::install(["acme-greeting"])
        .password("ACME_PASSWORD", RPM_PASSWORD)
        .script()?;
    let stage = Stage::from_image("almalinux:9")
        .copy("acme.repo", "/etc/yum.repos.d/")
        .run(install)
        .build();
    Dockerfile::from_stage(&stage)
}
