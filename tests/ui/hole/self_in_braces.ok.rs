use dockerfile_dsl::{Script, Secret, sh};

pub trait Present {
    fn is_there(&self) -> Script;
}

impl Present for Secret {
    fn is_there(&self) -> Script {
        sh!("test -s {secret}", secret = self)
    }
}
