//! git keeps the URL in `.git/config`.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("git clone https://x-access-token:$(cat {TOKEN})@github.com/acme/private /src");
}
