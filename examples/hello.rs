//! The smallest image: no secret, one public value that is quoted for its place.

use dockerfile_dsl::{BuildCommand, Dockerfile, Error, Stage, sh};

pub(crate) fn image(name: &str) -> Result<Dockerfile, Error> {
    let hello = Stage::from_image("debian:bookworm-slim")
        .run(sh!("echo Hello, {name} > /greeting"))
        .cmd(["cat", "/greeting"])
        .build();
    Dockerfile::from_stage(&hello)
}

pub(crate) fn command(image: &Dockerfile) -> BuildCommand {
    let mut command = image.build_command();
    command.tag("hello");
    command
}

fn main() -> Result<(), Error> {
    dockerfile_dsl_examples::show(&command(&image("it's me")?))
}
