//! A secret is no source.

use dockerfile_dsl::{Secret, dockerfile};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        COPY (TOKEN) "/b"
    };
}
