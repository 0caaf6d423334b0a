//! Code of the project may have a secret on the author's word only.

use dockerfile_dsl::{Secret, sh};

const KEY: Secret = Secret::env("DEPLOY_KEY");

pub fn example() {
    let _ = sh!("make release KEY={KEY}");
}
