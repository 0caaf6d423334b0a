//! A build argument's default is in the history.

use dockerfile_dsl::{Secret, Stage};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = Stage::from_image("debian").arg_or("NAME", TOKEN).build();
}
