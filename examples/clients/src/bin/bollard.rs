//! Builds through bollard, which speaks with BuildKit itself: it has the same two sources of secrets.

use std::error::Error;
use std::io::Write;

use bollard::Docker;
use bollard::grpc::build::{
    ImageBuildFrontendOptions, ImageBuildLoadInput, ImageBuildNetworkMode, SecretSource,
};
use bollard::grpc::driver::{Build, moby::Moby};
use dockerfile_dsl_example_clients::image;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let image = image()?;
    // Bollard gives the build an error where a variable is not set; preflight says it before, and looks at the values.
    image.build_command().preflight_secrets()?;
    // Its steps need no network, and bollard cannot ask for that of the host.
    let mut options =
        ImageBuildFrontendOptions::builder().force_network_mode(&ImageBuildNetworkMode::None);
    for secret in image.secrets() {
        let source = match secret.source() {
            dockerfile_dsl::SecretSource::Env(name) => SecretSource::Env(name.to_owned()),
            dockerfile_dsl::SecretSource::File(path) => SecretSource::File(path.into()),
            other => return Err(format!("bollard has no source like {other:?}").into()),
        };
        options = options.set_secret(secret.id(), &source);
    }
    let docker = Docker::connect_with_defaults()?;
    let context = ImageBuildLoadInput::Upload(context(&image.render())?.into());
    Moby::new(&docker)
        .docker_build("dsl-example/bollard", options.build(), context, None, None)
        .await?;
    println!("built dsl-example/bollard");
    Ok(())
}

/// A build context of the Dockerfile alone.
fn context(dockerfile: &str) -> std::io::Result<Vec<u8>> {
    let mut header = tar::Header::new_gnu();
    header.set_size(dockerfile.len() as u64);
    header.set_mode(0o644);
    let mut archive = tar::Builder::new(Vec::new());
    archive.append_data(&mut header, "Dockerfile", dockerfile.as_bytes())?;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&archive.into_inner()?)?;
    packed.finish()
}
