use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let program = String::from("tee");
    let _ = sh!("sort < {TOKEN} > /dev/null; {program} /app/x < /dev/null");
}
