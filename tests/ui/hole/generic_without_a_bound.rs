//! A function for every value, in a place that is not for every value.

use dockerfile_dsl::{Script, Value, sh};

pub fn example<V: Value>(value: V) -> Script {
    sh!("cat {value} > /app/x")
}
