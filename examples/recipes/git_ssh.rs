//! A private repository over SSH, with the keys of an agent or a mounted key.

use dockerfile_dsl::recipes::git_ssh;
use dockerfile_dsl::{Dockerfile, Error, Stage};

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let clone = git_ssh::clone("ssh://git@git.acme.test/acme/private.git")
        .agent("known_hosts")
        .to("/src")
        .run()?;
    let stage = Stage::from_image("buildpack-deps:bookworm-scm")
        .run(clone)
        .build();
    Dockerfile::from_stage(&stage)
}
