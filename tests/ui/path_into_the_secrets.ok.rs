use dockerfile_dsl::{Secret, path};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = path!("/run/secret/TOKEN");
}
