//! A file of program rows that is not there.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = TOKEN;
    let _ = sh!("true", @programs("files/nowhere.rows"));
}
