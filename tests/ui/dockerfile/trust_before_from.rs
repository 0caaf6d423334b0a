//! A decision about no script.

use dockerfile_dsl::{Secret, dockerfile};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = TOKEN;
    let _ = dockerfile!(@trust("frobctl", "ours") FROM "debian" RUN "true");
}
