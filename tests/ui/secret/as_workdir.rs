//! A secret is not a directory.

use dockerfile_dsl::{Secret, Stage};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = Stage::from_image("debian").workdir(TOKEN).build();
}
