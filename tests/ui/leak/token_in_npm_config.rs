//! `npm config set` writes `~/.npmrc`.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(r#"npm config set //registry.example/:_authToken "$(cat {TOKEN})""#);
}
