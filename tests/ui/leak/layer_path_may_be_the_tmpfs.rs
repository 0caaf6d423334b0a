//! A public path may be the very file that holds the secret.

use dockerfile_dsl::{Secret, TmpFs, path, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let tmp = TmpFs::at(path!("/tmp/creds"));
    let from = path!("/tmp/creds/x");
    let _ = sh!("cat {TOKEN} > {tmp}/x; cp {from} /app/y");
}
