use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let url = "https://github.com/acme/private";
    let _ = sh!(r#"git -c http.extraHeader="Authorization: Bearer $(cat {TOKEN})" ls-remote -- {url} > /dev/null"#);
}
