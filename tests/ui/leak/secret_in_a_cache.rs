//! A cache mount outlives the build, and the next one reads it.

use dockerfile_dsl::{CacheDir, Secret, path, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let cache = CacheDir::at(path!("/root/.cache"));
    let _ = sh!("cp {TOKEN} {cache}/x");
}
