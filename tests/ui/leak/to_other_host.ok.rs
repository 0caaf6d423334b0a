//! The permitted host.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN").only_to(&["api.example.com", "*.acme.dev"]);

pub fn example() {
    let _ = sh!("curl -fsS -H @{TOKEN} https://api.example.com/tool.tgz -o /srv/tool.tgz");
}
