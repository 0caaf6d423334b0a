//! Descriptor 3 leads to the layer.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("exec 3> /x; cat {TOKEN} >&3");
}
