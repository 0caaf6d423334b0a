//! What cp does is known, and cannot be trusted away.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("cp {TOKEN} /app/x", @trust("cp", "it is only a copy"));
}
