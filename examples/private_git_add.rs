//! A private repository without a script: BuildKit itself clones it and uses the token, so that no tool in the image, no
//! `.git/config` and no shell sees it. The safest private clone.

use dockerfile_dsl::{BuildCommand, Dockerfile, Error, Secret, Stage};

/// Read-only token for the private repositories.
const GITHUB_TOKEN: Secret = Secret::env("GITHUB_TOKEN");

pub(crate) fn image(repo: &str) -> Result<Dockerfile, Error> {
    let app = Stage::from_image("debian:bookworm-slim")
        .add_git(repo)
        .token(GITHUB_TOKEN)
        .to("/app")
        .cmd(["/app/run"])
        .build();
    Dockerfile::from_stage(&app)
}

pub(crate) fn command(image: &Dockerfile) -> BuildCommand {
    let mut command = image.build_command();
    command.tag("app");
    command
}

fn main() -> Result<(), Error> {
    let image = image("https://github.com/acme/private.git")?;
    dockerfile_dsl_examples::show(&command(&image))
}
