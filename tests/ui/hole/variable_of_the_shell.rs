//! A secret by its name with a dollar sign: a variable that nothing sets.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("test -s {TOKEN} && curl -fsS -H \"X-Token: $TOKEN\" https://example.com/ -o /dev/null");
}
