//! A private repository is cloned during the build, with a token that never reaches a layer.
//!
//! `cargo run --example private_git_clone` prints the Dockerfile and the command; with `-- --build` it builds.

use dockerfile_dsl::{BuildCommand, Dockerfile, Error, Secret, Stage, path, sh};

/// Read-only token for the private repositories.
const GITHUB_TOKEN: Secret = Secret::env("GITHUB_TOKEN");

pub(crate) fn image(repo: &str) -> Result<Dockerfile, Error> {
    let source = Stage::from_image("debian:bookworm-slim")
        .named("source")
        .run(sh!("apt-get update && apt-get install -y --no-install-recommends git ca-certificates"))
        // The empty helper resets those that the base image may have: git would store the token with them. The host in the key
        // does not send the token to a server that it is redirected to. The value is read when git asks for it.
        .run(sh!(
            r#"git -c credential.helper= \
    -c credential.https://github.com.helper='!f() { echo username=x-access-token; echo "password=$(cat {GITHUB_TOKEN})"; }; f' \
    clone --depth=1 -- {repo} {dest}"#,
            dest = path!("/src"),
        ))
        .build();
    let app = Stage::from_image("debian:bookworm-slim")
        .copy_from(&source, "/src", "/app")
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
