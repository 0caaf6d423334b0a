//! A Rust server with crates of a private registry: built with its token and with caches; the image gets the program only.

use dockerfile_dsl::instructions::Run;
use dockerfile_dsl::mounts::CacheMount;
use dockerfile_dsl::{BuildCommand, Dockerfile, Error, Secret, Stage, path, sh};

/// Token of the registry `acme`, which `.cargo/config.toml` of the build context names.
const ACME_TOKEN: Secret = Secret::env("CARGO_REGISTRIES_ACME_TOKEN");

pub(crate) fn image(program: &str) -> Result<Dockerfile, Error> {
    let build = sh!(
        r#"CARGO_REGISTRIES_ACME_TOKEN="$(cat {ACME_TOKEN})" cargo build --release --locked
cp target/release/{program} /usr/local/bin/server"#
    );
    let build = Stage::from_image("rust:1.95-slim-bookworm")
        .named("build")
        .workdir("/src")
        .copy(".", "/src/")
        .run(
            Run::new(&build)
                .mount(CacheMount::at(path!("/usr/local/cargo/registry")))
                .mount(CacheMount::at(path!("/src/target"))),
        )
        .build();
    let server = Stage::from_image("debian:bookworm-slim")
        .copy_from(&build, "/usr/local/bin/server", "/usr/local/bin/server")
        .user("65532")
        .cmd(["server"])
        .build();
    Dockerfile::from_stage(&server)
}

pub(crate) fn command(image: &Dockerfile) -> BuildCommand {
    image.build_command().tag("server").clone()
}

fn main() -> Result<(), Error> {
    dockerfile_dsl_examples::show(&command(&image("server")?))
}
