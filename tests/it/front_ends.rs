//! The files of tools that build: each is read back by another parser of its format.

mod bake;
mod ci;
mod compose;
mod forms;
mod portability;
mod values;

use dockerfile_dsl::{BuildCommand, BuildTool, Dockerfile, Secret, Stage, sh};

/// Every program that builds.
const TOOLS: [BuildTool; 7] = [
    BuildTool::Buildx,
    BuildTool::DockerBefore23,
    BuildTool::Podman,
    BuildTool::Buildah,
    BuildTool::Nerdctl,
    BuildTool::Buildctl,
    BuildTool::Kaniko,
];

/// The build of a stage `app` with an argument, whose steps mount these secrets.
fn command(secrets: &[Secret]) -> BuildCommand {
    let mut stage = Stage::from_image("debian");
    stage.named("app").arg_or("VERSION", "1");
    for secret in secrets {
        stage.run(sh!("test -s {secret}"));
    }
    let image = Dockerfile::from_stage(&stage.build()).unwrap();
    image.build_command()
}
