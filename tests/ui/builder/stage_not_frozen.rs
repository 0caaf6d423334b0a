//! A stage that can still change cannot be copied from.

use dockerfile_dsl::{Stage, path};

pub fn example() {
    let build = Stage::from_image("rust").named("build");
    let _ = Stage::from_image("debian").copy_from(&build, path!("/a"), path!("/b")).build();
}
