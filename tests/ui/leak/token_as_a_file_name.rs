//! A file's name is in the layer too.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(r#"touch "/app/$(cat {TOKEN})""#);
}
