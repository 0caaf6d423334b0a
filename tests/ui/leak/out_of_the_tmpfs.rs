//! `..` leads out of the tmpfs.

use dockerfile_dsl::{Secret, TmpFs, path, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let tmp = TmpFs::at(path!("/tmp/creds"));
    let _ = sh!("cat {TOKEN} > {tmp}/../../app/x");
}
