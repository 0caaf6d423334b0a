use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(r#"git -c http.extraHeader="Authorization: Bearer $(cat {TOKEN})" ls-remote https://github.com/acme/private > /dev/null"#);
}
