//! Debian packages of a private repository: its source is public, and apt is pointed at the mounted passwords.

use dockerfile_dsl::recipes::apt;
use dockerfile_dsl::{BuildCommand, Dockerfile, Error, Secret, Stage};

/// Has the line `machine deb.acme.test login reader password ..`.
const APT_AUTH: Secret = Secret::file("apt-auth", "~/.config/acme/apt-auth.conf");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let install = apt::install(["ca-certificates", "acme-greeting"]).netrc(APT_AUTH);
    let app = Stage::from_image("debian:bookworm-slim")
        .copy("acme.gpg", "/etc/apt/keyrings/")
        .copy("acme.sources", "/etc/apt/sources.list.d/")
        .run(install.script()?)
        .user("65532")
        .cmd(["acme-greeting"])
        .build();
    Dockerfile::from_stage(&app)
}

pub(crate) fn command(image: &Dockerfile) -> BuildCommand {
    let mut command = image.build_command();
    command.tag("greeting");
    command
}

fn main() -> Result<(), Error> {
    dockerfile_dsl_examples::show(&command(&image()?))
}
