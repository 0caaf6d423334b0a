//! A function for every value, in a place that is not for every value.

use dockerfile_dsl::{Script, sh, value::Value};

pub fn example<V: Value>(value: V) -> Script {
    sh!("cat {value} > /app/x")
}
