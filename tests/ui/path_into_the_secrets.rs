//! No layer path leads to the secrets.

use dockerfile_dsl::{Secret, path};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = path!("/run/secrets/TOKEN");
}
