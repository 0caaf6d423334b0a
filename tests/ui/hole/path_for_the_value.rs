//! A variable that asks for the value gets the path; and a command that single quotes keep from running.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("NODE_AUTH_TOKEN={TOKEN} npm ci");
    let _ = sh!("export NODE_AUTH_TOKEN='$(cat {TOKEN})' && npm ci");
}
