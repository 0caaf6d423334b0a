//! sed's `w` writes a file.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("sed -n 'w /x' {TOKEN} > /dev/null");
}
