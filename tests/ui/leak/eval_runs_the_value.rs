//! `eval` executes the value as unknown commands.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(r#"eval "$(cat {TOKEN})""#);
}
