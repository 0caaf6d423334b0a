//! `cargo xtask` writes the Dockerfile and prints its build command; `cargo xtask --check` fails if the committed file is another one.

use std::path::Path;

use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, Stale, keep_up_to_date, path, sh};

/// Token of the private registry that the dependencies come from.
const TOKEN: Secret = Secret::env("{{token}}");

fn main() -> Result<(), Error> {
    let stale = match std::env::args().nth(1).as_deref() {
        Some("--check") => Stale::Refuse,
        _ => Stale::Rewrite,
    };
    let image = image()?;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Dockerfile");
    keep_up_to_date(&image, file, stale)?;
    println!("{}", image.build_command().tag("{{project-name}}").shell()?);
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
