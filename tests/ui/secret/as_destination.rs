//! A secret is not a path in a layer.

use dockerfile_dsl::{Secret, Stage};

const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");

pub fn example() {
    let _ = Stage::from_image("debian").copy("x", NPMRC).build();
}
