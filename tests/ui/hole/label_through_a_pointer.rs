//! A pointer cannot change the label.

use dockerfile_dsl::{Secret, sh, value::{Value, label}};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let value: &dyn Value<Label = label::Public> = &TOKEN;
    let _ = sh!("apk add {value}");
}
