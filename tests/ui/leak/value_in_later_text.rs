//! In text that a program evaluates later the value would be its source.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("sh -c 'echo {t} > /app/x'", t = TOKEN.value());
}
