//! A hole that is a path in the layer: the types of both holes decide.

use dockerfile_dsl::{Secret, path, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let token = TOKEN;
    let dest = path!("/app/token");
    let _ = sh!("install -m600 {token} {dest}");
}
