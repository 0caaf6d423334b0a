//! A secret is named by its handle, which also mounts it.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("cp /run/secrets/TOKEN /app/token");
}
