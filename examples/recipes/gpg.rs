//! A signature by a private key of GnuPG.

use dockerfile_dsl::recipes::gpg;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const GPG_PASSPHRASE: Secret = Secret::env("GPG_PASSPHRASE");
const GPG_KEY: Secret = Secret::env("GPG_KEY");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let sign = gpg::detach_sign("/srv/app.tgz")
        .key(GPG_KEY)
        .passphrase(GPG_PASSPHRASE)
        .script()?;
    let stage = Stage::from_image("buildpack-deps:bookworm-curl")
        .copy("app.tgz", "/srv/")
        .run(sign)
        .build();
    Dockerfile::from_stage(&stage)
}
