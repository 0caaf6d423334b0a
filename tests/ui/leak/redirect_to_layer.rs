//! A file in `/root` is part of the layer.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("cat {TOKEN} > /root/.netrc");
}
