//! Writes the Dockerfile of this program, and the script that builds it, to `OUT_DIR`.

use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};

/// For the private registry that the dependencies come from.
const CARGO_TOKEN: Secret = Secret::env("CARGO_REGISTRIES_ACME_TOKEN");

fn main() -> Result<(), Error> {
    dockerfile_dsl::emit(image()?.build_command().tag("server"))?;
    Ok(())
}

fn image() -> Result<Dockerfile, Error> {
    let build = Stage::from_image("rust:1.95-slim")
        .named("build")
        .workdir("/src")
        .copy(".", "/src/")
        .run(sh!(
            "CARGO_REGISTRIES_ACME_TOKEN=\"$(cat {CARGO_TOKEN})\" cargo build --release --locked"
        ))
        .build();
    let app = Stage::from_image("gcr.io/distroless/cc-debian12")
        .copy_from(&build, "/src/target/release/server", "/server")
        .cmd(["/server"])
        .build();
    Dockerfile::from_stage(&app)
}
