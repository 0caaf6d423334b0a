//! xargs makes the value an argument of a program that stores it.

use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("cat {TOKEN} | xargs git clone > /dev/null");
}
