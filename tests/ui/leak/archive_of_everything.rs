//! `tar c /` reads the mount as well.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("test -s {TOKEN} && tar cf /backup.tar /");
}
