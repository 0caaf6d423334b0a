//! Packages of a private npm registry, installed by a user who is not root. npm is pointed at the mounted `.npmrc`, so that no
//! file of it is made in the image.

use dockerfile_dsl::instructions::CopyFiles;
use dockerfile_dsl::{BuildCommand, Dockerfile, Error, Secret, Stage, glob, sh};

/// Holds the registry and its token. The user of the step has to be able to read it.
const NPMRC: Secret = Secret::file("npmrc", "~/.npmrc").uid(1000);

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let app = Stage::from_image("node:22-bookworm-slim")
        .run(sh!("install -d -o node -g node /app"))
        .user("1000:1000")
        .workdir("/app")
        .instruction(CopyFiles::new(glob("package*.json"), "./").chown("1000:1000"))
        .run(sh!("NPM_CONFIG_USERCONFIG={NPMRC} npm ci"))
        .instruction(CopyFiles::new(".", "./").chown("1000:1000"))
        .cmd(["node", "server.js"])
        .build();
    Dockerfile::from_stage(&app)
}

pub(crate) fn command(image: &Dockerfile) -> BuildCommand {
    let mut command = image.build_command();
    command.tag("app");
    command
}

fn main() -> Result<(), Error> {
    dockerfile_dsl_examples::show(&command(&image()?))
}
