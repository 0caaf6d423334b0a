//! The smallest image: no secret, one public value that is quoted for its place.

use dockerfile_dsl::{BuildCommand, Dockerfile, Error, Stage, sh};

pub(crate) fn image(name: &str) -> Result<Dockerfile, Error> {
    let hello = Stage::from_image("debian:bookworm-slim")
        .run(sh!("echo Hello, {name} > /greeting"))
        .cmd(["cat", "/greeting"])
        .build();
    Dockerfile::target(&hello)
}

pub(crate) fn command(image: &Dockerfile) -> BuildCommand {
    image.build_command().tag("hello")
}

fn main() -> Result<(), Error> {
    dockerfile_dsl_examples::show(&command(&image("it's me")?))
}
