use dockerfile_dsl::{Secret, TmpFs, path, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let tmp = TmpFs::at(path!("/tmp/creds"));
    let _ = sh!("cat {TOKEN} > {tmp}/.netrc");
}
