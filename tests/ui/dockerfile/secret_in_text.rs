//! A secret in a hole of a label.

use dockerfile_dsl::{Secret, dockerfile};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        LABEL version = "v{TOKEN}"
    };
}
