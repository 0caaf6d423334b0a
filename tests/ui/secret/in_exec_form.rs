//! The exec form has no shell that could read a file.

use dockerfile_dsl::{Secret, Stage};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = Stage::from_image("debian").run_exec(["curl", TOKEN]).build();
}
