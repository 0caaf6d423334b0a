//! A program that stores the secret, as its rows say.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = TOKEN;
    let _ = sh!(r#"frobctl login "$(cat {TOKEN})""#, @programs("../sh/files/frobctl.rows"));
}
