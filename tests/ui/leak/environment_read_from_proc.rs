//! `/proc/self/environ` is the environment as a file.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("cat /proc/self/environ > /app/env", @env(TOKEN => "NODE_AUTH_TOKEN", "npm reads it from there"));
}
