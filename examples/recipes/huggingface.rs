//! A gated or private model of Hugging Face.

use dockerfile_dsl::recipes::huggingface;
use dockerfile_dsl::{Dockerfile, Error, Secret, Stage};

const HF_TOKEN: Secret = Secret::env("HF_TOKEN");

pub(crate) fn image() -> Result<Dockerfile, Error> {
    let download = huggingface::download("acme/model")
        .token(HF_TOKEN)
        .to("/models/acme")
        .script()?;
    let stage = Stage::from_image("acme/python-hub:3.11")
        .env("HF_ENDPOINT", "https://hub.acme.test")
        .run(download)
        .build();
    Dockerfile::from_stage(&stage)
}
