//! The redirect's target is a path in the layer.

use dockerfile_dsl::{Secret, path, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let dest = path!("/app/token");
    let _ = sh!("cat {TOKEN} > {dest}");
}
