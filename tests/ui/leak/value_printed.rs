//! `SECRET.value()` is the value itself.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("echo {t}", t = TOKEN.value());
}
