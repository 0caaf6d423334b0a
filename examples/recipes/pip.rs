//! Packages of a private Python index.

use dockerfile_dsl::recipes::pip;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const NETRC: Secret = Secret::file("netrc", "~/.netrc");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let install = pip::requirements("requirements.txt")
        .netrc(NETRC)
        .index("https://pypi.acme.test/simple/")
        .script()?;
    let stage = Stage::from_image("python:3.11-slim-bookworm")
        .copy("requirements.txt", "./")
        .run(install)
        .build();
    Dockerfile::from_stage(&stage)
}
