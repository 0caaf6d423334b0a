//! An object of a Google Cloud Storage bucket.

use dockerfile_dsl::recipes::gcs;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const KEY: Secret = Secret::file("gcs-key", "~/.config/acme/reader.json");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let download = gcs::download("gs://acme-models/weights.bin")
        .key(KEY)
        .to("/opt/weights.bin")
        .script()?;
    let stage = Stage::from_image("google/cloud-sdk:528.0.0-slim")
        .run(download)
        .build();
    Dockerfile::from_stage(&stage)
}
