use dockerfile_dsl::{Stage, path};

pub fn example() {
    let _ = Stage::from_image("debian").copy("x", path!("/srv/x")).build();
}
