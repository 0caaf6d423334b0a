//! The image has the credential elsewhere than where it is removed.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(
        "cargo login < {TOKEN} && cargo fetch && rm -f ~/.cargo/credentials.toml",
        @base("rust:1.80")
    );
}
