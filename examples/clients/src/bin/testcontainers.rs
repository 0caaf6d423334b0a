//! Starts the image with testcontainers, which has no secrets for builds: the build comes first.

use std::error::Error;

use dockerfile_dsl::build_command::BuildNetwork;
use dockerfile_dsl_example_clients::image;
use testcontainers::core::WaitFor;
use testcontainers::runners::AsyncRunner;
use testcontainers::{GenericImage, ImageExt};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    image()?
        .build_command()
        .network(BuildNetwork::Host)
        .context("-")
        .tag("dsl-example/testcontainers:1")
        .run()?;
    let container = GenericImage::new("dsl-example/testcontainers", "1")
        .with_wait_for(WaitFor::message_on_stdout("ready"))
        .with_network("none")
        .start()
        .await?;
    println!("{} said that it is ready", container.id());
    Ok(())
}
