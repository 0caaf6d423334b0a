//! A secret is no source of ADD.

use dockerfile_dsl::{Secret, Stage, path};

const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");

pub fn example() {
    let _ = Stage::from_image("debian").add(NPMRC, path!("/root/.npmrc")).build();
}
