//! A public value could be any subcommand.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let sub = "clone";
    let _ = sh!(r#"git -c http.extraHeader="Authorization: Bearer $(cat {TOKEN})" {sub} https://github.com/acme/private"#);
}
