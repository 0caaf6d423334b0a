//! An instruction that BuildKit does not know.

use dockerfile_dsl::{Secret, include_dockerfile};

const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");

pub fn example() {
    let _ = NPMRC;
    let _ = include_dockerfile!("files/misspelt.Dockerfile", secrets = [NPMRC]);
}
