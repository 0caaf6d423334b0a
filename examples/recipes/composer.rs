//! Packages of a private Composer repository.

use dockerfile_dsl::recipes::composer;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const COMPOSER_PASSWORD: Secret = Secret::env("COMPOSER_PASSWORD");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let install = composer::install()
        .password("https://composer.acme.test", "reader", COMPOSER_PASSWORD)
        .script()?;
    let stage = Stage::from_image("composer:2.5")
        .copy(["composer.json", "composer.lock"], "./")
        .run(install)
        .build();
    Dockerfile::from_stage(&stage)
}
