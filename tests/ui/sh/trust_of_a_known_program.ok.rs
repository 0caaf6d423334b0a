use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("mycp {TOKEN} /app/x", @trust("mycp", output, "checks the token, and copies nothing"));
}
