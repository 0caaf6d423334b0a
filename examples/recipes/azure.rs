//! A blob of Azure Storage.

use dockerfile_dsl::recipes::azure;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const SAS: Secret = Secret::env("MODELS_SAS");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let download = azure::download("https://acme.blob.core.windows.net/models/weights.bin")
        .sas(SAS)
        .to("/opt/weights.bin")
        .script()?;
    let stage = Stage::from_image("mcr.microsoft.com/azure-cli:2.64.0")
        .run(download)
        .build();
    Dockerfile::from_stage(&stage)
}
