//! A secret is no value of ENV.

use dockerfile_dsl::{Secret, dockerfile};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = dockerfile! {
        FROM "alpine"
        ENV T = (TOKEN)
    };
}
