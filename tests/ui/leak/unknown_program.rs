//! frobnicate is not in the program database.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let token = TOKEN;
    let _ = sh!("frobnicate --token-file {token} --out dist");
}
