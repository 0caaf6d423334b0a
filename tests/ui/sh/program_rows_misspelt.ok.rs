use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = TOKEN;
    let _ = sh!("true", @programs("files/frobctl.rows"));
}
