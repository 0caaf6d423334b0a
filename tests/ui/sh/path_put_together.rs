//! The path of the secret, from a variable and a rest.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("test -s {TOKEN}; D=/run; cp $D/secrets/TOKEN /x");
}
