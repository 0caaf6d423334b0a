//! `git config` writes a file.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(r#"git config --global http.extraHeader "Authorization: Bearer $(cat {TOKEN})""#);
}
