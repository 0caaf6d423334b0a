use dockerfile_dsl::{Secret, TmpFs, path, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let token = TOKEN;
    let dest = TmpFs::at(path!("/tmp/creds"));
    let _ = sh!("install -m600 {token} {dest}/token");
}
