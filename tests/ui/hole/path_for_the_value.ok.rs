use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("NODE_AUTH_TOKEN=\"$(cat {TOKEN})\" npm ci");
    let _ = sh!("export NODE_AUTH_TOKEN=\"$(cat {TOKEN})\" && npm ci");
}
