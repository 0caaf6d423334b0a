//! An image's name is in the Dockerfile.

use dockerfile_dsl::{Secret, Stage};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = Stage::from_image(TOKEN).build();
}
