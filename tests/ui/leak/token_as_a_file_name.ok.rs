use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(r#"touch "/app/$(cat {TOKEN} | sha256sum | cut -c1-8)""#);
}
