//! A name that is not there, beside one that is nearly the same.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("test -s {TOKEN}");
    let _ = sh!("test -s {TOKE}");
}
