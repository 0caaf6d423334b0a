use dockerfile_dsl::{PublicValue, Script, sh};

use dockerfile_dsl::PublicValue as Public;

pub fn example<V: Public>(value: V) -> Script {
    sh!("cat {value} > /app/x")
}
