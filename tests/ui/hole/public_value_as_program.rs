//! A public value could be any program.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let program = String::from("tee");
    let _ = sh!("{program} < {TOKEN} > /dev/null");
}
