//! `sed` reads the file that its script names.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("sed '1r {TOKEN}' /etc/motd > /srv/motd");
}
