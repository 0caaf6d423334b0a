//! A template with parameters, under snapshot test: one reviewed text for each way in which it is used.
//!
//! The tests are in `tests/services.rs`. When the template changes, `cargo test` shows the difference for each service, and
//! `cargo insta review` asks whether it was meant; the accepted texts are committed beside the tests.

use dockerfile_dsl::{BuildCommand, Dockerfile, Error, LayerPath, Secret, Stage, sh};

/// The token of the company's artifacts.
const ARTIFACTS_TOKEN: Secret = Secret::env("ARTIFACTS_TOKEN");

/// What tells one service from the other.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name: of its directory, and of its image.
    pub name: &'static str,
    /// The port that it listens on.
    pub port: u16,
    /// Whether it needs the bundle that is protected by the token.
    pub bundle: bool,
}

/// The image of a service, and the command that builds it.
///
/// # Errors
///
/// If a name cannot be part of a path.
pub fn service(service: &Service) -> Result<BuildCommand, Error> {
    let directory = LayerPath::parse(format!("/srv/{}", service.name))?;
    let mut stage = Stage::from_image(
        "debian:12.8-slim@sha256:5f1ee7be5f2a8b1a3c1b9d7c8e0b6d5a4f3e2d1c0b9a8f7e6d5c4b3a29180706",
    );
    stage.workdir(&directory).copy(service.name, &directory);
    if service.bundle {
        stage.run(sh!(
            r#"curl -fsS -H "Authorization: Bearer $(cat {ARTIFACTS_TOKEN})" -o bundle.tgz https://artifacts.example/bundle.tgz"#
        ));
    }
    stage
        .run(sh!("chmod -R go-w {directory}"))
        .env("PORT", service.port)
        .expose(service.port)
        .user(1000)
        .cmd(["./run"]);
    Ok(Dockerfile::from_stage(&stage.build())?
        .build_command()
        .tag(service.name)
        .clone())
}
