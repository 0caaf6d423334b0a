//! All mistakes of a script are said in one compile.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");
const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc");

pub fn example() {
    let token = TOKEN;
    let _ = sh!(
        r#"
            cat {token} > /root/.netrc
            cat {NPMRC} > /root/.npmrc
            cp /run/secrets/other /app/other
            echo $(cat {token})
        "#
    );
}
