use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let token = TOKEN;
    let _ = sh!("cat {token} | sha256sum > /app/token.sha256");
}
