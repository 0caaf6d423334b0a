use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = TOKEN;
    let _ = sh!(r#"frobctl --token "$(cat {TOKEN})" get x"#, @programs("files/frobctl.rows"));
}
