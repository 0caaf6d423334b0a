use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("frob {TOKEN} > /app/x 2> /dev/null", @trust("frob", output, "prints a report without the token"));
}
