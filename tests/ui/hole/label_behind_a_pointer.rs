//! A pointer cannot change the label.

use dockerfile_dsl::{Secret, Value, label, sh};

const TOKEN: Secret = Secret::env("TOKEN");

pub fn example() {
    let value: &dyn Value<Label = label::Public> = &TOKEN;
    let _ = sh!("apk add {value}");
}
