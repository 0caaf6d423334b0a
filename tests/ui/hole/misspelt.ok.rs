use dockerfile_dsl::{Secret, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let _ = sh!("test -s {TOKEN}");
    let _ = sh!("test -s {TOKE}", TOKE = TOKEN);
}
