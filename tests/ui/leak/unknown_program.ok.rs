use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let token = TOKEN;
    let _ = sh!("frobnicate --token-file {token} --out dist", @trust("frobnicate", output, "sends the token to our server only"));
}
