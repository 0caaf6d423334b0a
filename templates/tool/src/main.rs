//! Describes an image of a private repository. Without an argument it writes the Dockerfile to standard output; `build` looks at the
//! secrets and builds the image.

use std::process::ExitCode;

use dockerfile_dsl::recipes::git;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage, sh};

/// Token that may read the repository.
const TOKEN: Secret = Secret::env("{{token}}");

fn main() -> ExitCode {
    match run(std::env::args().nth(1).as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Option<&str>) -> Result<(), Error> {
    let image = image("{{repository}}")?;
    match command {
        Some("build") => image.build_command().tag("{{project-name}}").file("-").run(),
        Some("command") => {
            println!("{}", image.build_command().tag("{{project-name}}").shell()?);
            Ok(())
        }
        _ => {
            print!("{}", image.render());
            Ok(())
        }
    }
}

fn image(repository: &str) -> Result<Dockerfile, Error> {
    let clone = git::clone(repository).token(TOKEN).to("/src").script()?;
    let source = Stage::from_image("debian:bookworm-slim")
        .named("source")
        .run(sh!(
            "apt-get update && apt-get install -y --no-install-recommends git ca-certificates"
        ))
        .run(clone)
        .build();
    let app = Stage::from_image("debian:bookworm-slim")
        .copy_from(&source, "/src", "/app")
        .user("65532")
        .cmd(["/app/run"])
        .build();
    Dockerfile::from_stage(&app)
}
