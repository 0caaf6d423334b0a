//! A secret is not a path in a layer.

use dockerfile_dsl::{Secret, Stage};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = Stage::from_image("debian").volume(TOKEN).build();
}
