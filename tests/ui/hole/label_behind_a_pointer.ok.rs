use dockerfile_dsl::{Value, label, sh};

pub fn example() {
    let value: &dyn Value<Label = label::Public> = &"curl";
    let _ = sh!("apk add {value}");
}
