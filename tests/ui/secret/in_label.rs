//! What LABEL keeps is in the image config.

use dockerfile_dsl::{Secret, Stage};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = Stage::from_image("debian").label("token", TOKEN).build();
}
