//! Writes the Dockerfile of this program, and the script that builds its image, to `OUT_DIR`.

use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, path, sh};

/// Token of the private registry that the dependencies come from.
const TOKEN: Secret = Secret::env("{{token}}");

fn main() -> Result<(), Error> {
    dockerfile_dsl::emit(image()?.build_command().tag("{{project-name}}"))?;
    Ok(())
}

fn image() -> Result<Dockerfile, Error> {
    let build = Stage::from_image("rust:1-slim-bookworm")
        .named("build")
        .workdir("/src")
        .copy(".", "/src/")
        .run(sh!(
            r#"{{token}}="$(cat {TOKEN})" cargo build --release --locked
cp target/release/{{project-name}} {program}"#,
            program = path!("/usr/local/bin/app"),
        ))
        .build();
    let app = Stage::from_image("{{base_image}}")
        .copy_from(&build, "/usr/local/bin/app", "/usr/local/bin/app")
        .user("65532")
        .cmd(["app"])
        .build();
    Dockerfile::from_stage(&app)
}
