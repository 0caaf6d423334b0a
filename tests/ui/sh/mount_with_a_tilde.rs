//! The `~` is not expanded in the target of a mount.

use dockerfile_dsl::{Secret, sh};

const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");

pub fn example() {
    let _ = sh!("npm ci", @mount(NPMRC => "~/.npmrc"));
}
