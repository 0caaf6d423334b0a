//! A secret has no text.

use dockerfile_dsl::Secret;

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = TOKEN.to_string();
}
