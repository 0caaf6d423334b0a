use dockerfile_dsl::{Secret, TmpFs, path, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("tee {tmp}/token < {TOKEN} > /dev/null", tmp = TmpFs::at(path!("/tmp/creds")));
}
