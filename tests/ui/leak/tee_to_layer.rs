//! `tee` writes a file, whatever happens to its output.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("tee /app/token < {TOKEN} > /dev/null");
}
