//! The right one of two places is named.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let token = TOKEN;
    let _ = sh!("curl -fsS -H @{token} https://example.com/x > /dev/null && cp {token} /app/");
}
