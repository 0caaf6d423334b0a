//! The settings of npm are copied to the home directory, and remain in the layer.

use dockerfile_dsl::{Secret, sh};

const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");

pub fn example() {
    let _ = sh!("cp {NPMRC} /root/.npmrc && npm ci");
}
