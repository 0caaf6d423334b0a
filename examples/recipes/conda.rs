//! Packages of a private conda channel.

use dockerfile_dsl::recipes::conda;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};

const NETRC: Secret = Secret::file("netrc", "~/.netrc");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let install = conda::install(["acme-client=1.0"])
        .netrc(NETRC)
        .channel("https://conda.acme.test/main")
        .script()?;
    let stage = Stage::from_image("continuumio/miniconda3:24.9.2-0")
        .run(install)
        .run(sh!("conda clean --all --yes"))
        .build();
    Dockerfile::from_stage(&stage)
}
