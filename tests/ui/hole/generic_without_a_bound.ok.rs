use dockerfile_dsl::{PublicValue, Script, sh};

pub fn example<V: PublicValue>(value: V) -> Script {
    sh!("cat {value} > /app/x")
}
