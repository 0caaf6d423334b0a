use dockerfile_dsl::{Stage, path};

pub fn example() {
    let _ = Stage::from_image("debian").add("archive.tar", path!("/srv/")).build();
}
