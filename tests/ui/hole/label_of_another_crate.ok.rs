use dockerfile_dsl::{Script, sh};

pub struct Mine(pub String);

impl Mine {
    pub fn script(&self) -> Script {
        sh!("apk add {name}", name = self.0)
    }
}
