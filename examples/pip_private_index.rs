//! Packages of a private Python index: one stage downloads them with the password, the next one installs them offline, for a user who
//! is not root.

use dockerfile_dsl::{BuildCommand, Dockerfile, Error, Secret, Stage, path, sh};

/// Password of the user `reader`.
const PYPI_PASSWORD: Secret = Secret::env("PYPI_PASSWORD");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let wheels = Stage::from_image("python:3.11-slim-bookworm")
        .named("wheels")
        .copy("requirements.txt", "/")
        .run(sh!(
            r#"PIP_INDEX_URL="https://reader:$(cat {PYPI_PASSWORD})@pypi.acme.test/simple/" \
    pip wheel --no-input --no-cache-dir --wheel-dir {wheels} -r /requirements.txt"#,
            wheels = path!("/wheels"),
        ))
        .build();
    let app = Stage::from_image("python:3.11-slim-bookworm")
        .copy_from(&wheels, "/wheels", "/wheels")
        .copy("requirements.txt", "/")
        .run(sh!(
            "pip install --no-index --no-cache-dir --find-links /wheels -r /requirements.txt"
        ))
        .user("65532")
        .cmd(["python3", "-m", "acme_greeting"])
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
