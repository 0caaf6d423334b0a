//! What is mounted at a fixed place is the secret.

use dockerfile_dsl::{Secret, sh};

const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");

pub fn example() {
    let _ = sh!("npm ci && cp /root/.npmrc /app/.npmrc", @mount(NPMRC => "/root/.npmrc"));
}
