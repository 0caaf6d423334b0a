//! A public value could be an option that writes a file.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let opt = "-o/app/x";
    let _ = sh!("sort {opt} {TOKEN} > /dev/null");
}
