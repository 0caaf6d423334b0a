use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(r#"npm config set registry https://registry.example && test -s {TOKEN}"#);
}
