use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!(r#"awk '{print $0}' {TOKEN} > /dev/null"#);
}
