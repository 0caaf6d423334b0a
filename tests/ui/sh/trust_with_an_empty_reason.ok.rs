use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("frob {TOKEN}", @trust("frob", output, "reviewed"));
}
