use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("exec 3> /dev/null; cat {TOKEN} >&3");
}
