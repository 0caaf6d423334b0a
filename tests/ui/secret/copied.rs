//! A secret is not a file of the build context.

use dockerfile_dsl::{Secret, Stage, path};

const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");

pub fn example() {
    let _ = Stage::from_image("debian").copy(NPMRC, path!("/root/.npmrc")).build();
}
