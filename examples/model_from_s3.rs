//! A model from a private bucket: a stage with the client of Amazon downloads it, and the image gets the file alone.

use dockerfile_dsl::recipes::s3;
use dockerfile_dsl::{BuildCommand, Dockerfile, Error, Secret, Stage};

/// The key of a user who may read the bucket.
const AWS: Secret = Secret::file("aws", "~/.aws/credentials");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let download = s3::download("s3://acme-models/weights.bin")
        .credentials(AWS)
        .region("eu-central-1")
        .to("/opt/weights.bin");
    let model = Stage::from_image("amazon/aws-cli:2.9.19")
        .named("model")
        .run(download.script()?)
        .build();
    let server = Stage::from_image("python:3.11-slim-bookworm")
        .copy_from(&model, "/opt/weights.bin", "/opt/weights.bin")
        .copy("serve.py", "/opt/")
        .user("65532")
        .cmd(["python3", "/opt/serve.py", "/opt/weights.bin"])
        .build();
    Dockerfile::from_stage(&server)
}

pub(crate) fn command(image: &Dockerfile) -> BuildCommand {
    let mut command = image.build_command();
    command.tag("model-server");
    command
}

fn main() -> Result<(), Error> {
    dockerfile_dsl_examples::show(&command(&image()?))
}
