use dockerfile_dsl::{sh, value::{Value, label}};

pub fn example() {
    let value: &dyn Value<Label = label::Public> = &"curl";
    let _ = sh!("apk add {value}");
}
