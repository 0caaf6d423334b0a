use dockerfile_dsl::{Secret, TmpFs, path, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let tmp = TmpFs::at(path!("/tmp/creds"));
    let from = path!("/tmp/creds/x");
    let _ = sh!("cp {from} /app/y; cat {TOKEN} > {tmp}/x");
}
