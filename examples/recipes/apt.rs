//! Debian packages of a private repository.

use dockerfile_dsl::recipes::apt;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const APT_AUTH: Secret = Secret::file("apt-auth", "~/.config/acme/apt-auth.conf");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let install = apt::install(["acme-greeting"]).netrc(APT_AUTH).script()?;
    let stage = Stage::from_image("debian:12-slim")
        .copy("acme.sources", "/etc/apt/sources.list.d/")
        .run(install)
        .build();
    Dockerfile::from_stage(&stage)
}
