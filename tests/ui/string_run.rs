//! Text that was not checked.

use dockerfile_dsl::{Secret, Stage};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = Stage::from_image("debian").run("cat /run/secrets/TOKEN > /x").build();
}
