//! A secret in `PATH` changes which programs run.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("npm ci", @env(TOKEN => "PATH", "a mistake"));
}
