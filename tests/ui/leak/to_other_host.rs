//! The list of hosts is literal and in the same source file, so the compiler refuses another host.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN").only_to(&["api.example.com", "*.acme.dev"]);

pub fn example() {
    let _ = sh!("curl -fsS -H @{TOKEN} https://files.example.net/tool.tgz -o /srv/tool.tgz");
}
