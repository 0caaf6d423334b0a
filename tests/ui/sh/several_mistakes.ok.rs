use dockerfile_dsl::{Secret, TmpFs, path, sh};

const TOKEN: Secret = Secret::env("TOKEN");
const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");

pub fn example() {
    let token = TOKEN;
    let tmp = TmpFs::at(path!("/tmp/creds"));
    let _ = sh!(
        r#"
            cat {token} > {tmp}/.netrc
            cat {NPMRC} > {tmp}/.npmrc
            cp /opt/other /app/other
            test -n "$(cat {token})"
        "#
    );
}
