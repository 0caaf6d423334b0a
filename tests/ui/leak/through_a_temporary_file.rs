//! The copy of a temporary file stays when the file is gone.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("cat {TOKEN} > /srv/x; cp /srv/x /srv/y; rm -f /srv/x");
}
