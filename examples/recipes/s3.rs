//! An object of an S3 bucket, from Amazon or from a server of your own.

use dockerfile_dsl::recipes::s3;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const AWS: Secret = Secret::file("aws", "~/.aws/credentials");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let download = s3::download("s3://acme-models/greeting.txt")
        .credentials(AWS)
        .region("us-east-1")
        .endpoint("https://s3.acme.test")
        .to("/opt/greeting.txt")
        .script()?;
    let stage = Stage::from_image("amazon/aws-cli:2.9.19")
        .run(download)
        .build();
    Dockerfile::from_stage(&stage)
}
