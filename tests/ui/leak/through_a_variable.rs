//! A shell variable carries the value to the sink.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(
        r#"
            T=$(cat {token})
            echo "//registry.example/:_authToken=$T" >> /root/.npmrc
            npm ci
        "#,
        token = TOKEN,
    );
}
