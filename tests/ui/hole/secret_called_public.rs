//! A secret is not a public value.

use dockerfile_dsl::{PublicValue, Script, Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    fn install(package: impl PublicValue) -> Script {
        sh!("apk add {package}")
    }
    let _ = install(TOKEN);
}
