//! `>>` writes as `>` does.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(r#"echo "//registry.example/:_authToken=$(cat {TOKEN})" >> /root/.npmrc"#);
}
