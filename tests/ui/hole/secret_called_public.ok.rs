use dockerfile_dsl::{PublicValue, Script, sh};

pub fn example() {
    fn install(package: impl PublicValue) -> Script {
        sh!("apk add {package}")
    }
    let _ = install("curl");
}
