//! Packages of Ubuntu Pro.

use dockerfile_dsl::recipes::ubuntu_pro;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const PRO: Secret = Secret::file("pro-attach-config", "pro-attach-config.yaml");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let install = ubuntu_pro::install(["openssl"])
        .attach_config(PRO)
        .script()?;
    let stage = Stage::from_image("ubuntu:24.04").run(install).build();
    Dockerfile::from_stage(&stage)
}
