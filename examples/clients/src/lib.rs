//! One image, for clients that build or run it without a command line of Docker.

use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};

/// The value of an environment variable.
pub const TOKEN: Secret = Secret::env("CLIENTS_TOKEN");

/// The content of a file.
pub const KEY: Secret = Secret::file("key", "/tmp/dockerfile-dsl-clients-key");

/// An image whose steps fail without their secrets, and which keeps neither.
///
/// # Errors
///
/// None: what is wrong with it would be found by its test.
pub fn image() -> Result<Dockerfile, Error> {
    let app = Stage::from_image("debian:bookworm-slim")
        .run(sh!("test -s {TOKEN}"))
        .run(sh!("test -s {KEY}"))
        .cmd(["echo", "ready"])
        .build();
    Dockerfile::from_stage(&app)
}
