use dockerfile_dsl::{Stage, sh};

pub fn example() {
    let _ = Stage::from_image("debian").run(sh!("cat /etc/hostname > /x")).build();
}
